"""Invented people and organizations of Northwest Washington for the demo. Any likeness is chance."""

from __future__ import annotations

# (name, kind, paid staff, county, kind of place, areas of work, Tribal or Native-led)
ORGANIZATIONS: list[tuple[str, str, str, str, str, tuple[str, ...], str]] = [
    ("Paine Field Community Clinic", "fqhc", "s250", "snohomish", "city", ("physical", "behavioral"), "no"),
    ("Marysville Family Resource Center", "cbo_social", "s15", "snohomish", "suburb", ("family", "food"), "no"),
    ("Tolt River Behavioral Health", "bh_provider", "s50", "snohomish", "town", ("behavioral",), "no"),
    ("Everett Tenants Together", "housing", "s1", "snohomish", "city", ("housing",), "no"),
    ("Snohomish Regional Hospital", "hospital", "s250", "snohomish", "city", ("physical",), "no"),
    ("Monroe School-Based Health", "early_k12", "s15", "snohomish", "town", ("family", "behavioral"), "no"),
    ("Casino Road Neighbors", "grassroots", "s0", "snohomish", "city", ("immigrant", "family"), "no"),
    ("Stilly Valley Food Bank", "food", "s1", "snohomish", "town", ("food",), "no"),
    ("Mill Creek Aging Partners", "aging_ltss", "s50", "snohomish", "suburb", ("aging", "disability"), "no"),
    ("North County Fire and Care", "ems_fire", "s50", "snohomish", "suburb", ("physical", "public"), "no"),
    ("Edmonds Refugee Welcome", "cbo_social", "s1", "snohomish", "suburb", ("immigrant",), "no"),
    ("Silver Lake Midwives", "physical_prov", "s1", "snohomish", "suburb", ("physical", "family"), "no"),
    ("Pilchuck Recovery House", "bh_provider", "s15", "snohomish", "town", ("behavioral", "housing"), "no"),
    (
        "County Human Services, Behavioral Health Division",
        "local_gov",
        "s250",
        "snohomish",
        "city",
        ("systems", "behavioral"),
        "no",
    ),
    ("Lake Stevens Pediatric Dental", "physical_prov", "s15", "snohomish", "suburb", ("oral",), "no"),
    ("Everett Reentry Alliance", "justice", "s1", "snohomish", "city", ("justice", "income"), "no"),
    ("Port Gardner Health Plan, Community Team", "payer", "s250", "snohomish", "city", ("systems",), "no"),
    ("Arlington Early Learning", "early_k12", "s15", "snohomish", "town", ("family",), "no"),
    ("Cascade Work Source", "workforce", "s50", "snohomish", "city", ("income",), "no"),
    ("Mukilteo Community Paramedics", "ems_fire", "s15", "snohomish", "suburb", ("physical", "aging"), "no"),
    ("Lynnwood Interfaith Shelter", "faith", "s1", "snohomish", "suburb", ("housing", "food"), "no"),
    ("Darrington Mountain Clinic", "fqhc", "s15", "snohomish", "rural", ("physical", "oral"), "no"),
    ("Quil Ceda Health Department", "tribal_gov", "s50", "snohomish", "reservation", ("tribal", "physical"), "nation"),
    ("Sky River Native Youth Project", "urban_native", "s1", "snohomish", "city", ("tribal", "family"), "native_org"),
    (
        "Sauk Prairie Tribal Social Services",
        "tribal_gov",
        "s15",
        "snohomish",
        "reservation",
        ("tribal", "family"),
        "nation",
    ),
    ("Public Health, Snohomish North Office", "public_health", "s250", "snohomish", "city", ("public",), "no"),
    ("Mountlake Independent Living", "aging_ltss", "s15", "snohomish", "suburb", ("disability",), "no"),
    ("Bothell Rides Together", "transport", "s15", "snohomish", "suburb", ("transport",), "no"),
    ("North Sound Survivors Network", "cbo_social", "s15", "snohomish", "city", ("violence",), "no"),
    ("Everett Community Nursing School", "higher_ed", "s50", "snohomish", "city", ("physical", "systems"), "no"),
    ("Granite Falls Youth Housing", "housing", "s1", "snohomish", "town", ("housing", "family"), "no"),
    ("Sultan Valley Harvest", "food", "s1", "snohomish", "rural", ("food",), "no"),
    ("Alderwood Psychiatric Hospital", "hospital", "s250", "snohomish", "suburb", ("behavioral",), "no"),
    ("Bellingham Bay Health Center", "fqhc", "s250", "whatcom", "city", ("physical", "behavioral"), "no"),
    ("Nooksack Valley Farmworker Voices", "grassroots", "s0", "whatcom", "rural", ("immigrant", "food"), "no"),
    ("Whatcom Housing Bridge", "housing", "s15", "whatcom", "city", ("housing",), "no"),
    ("Sehome Counseling Cooperative", "bh_provider", "s15", "whatcom", "city", ("behavioral",), "no"),
    ("Mount Baker Foothills Fire District", "ems_fire", "s15", "whatcom", "rural", ("physical",), "no"),
    ("Xwemi Canoe Family Wellness", "tribal_gov", "s50", "whatcom", "reservation", ("tribal", "behavioral"), "nation"),
    ("Lynden Church Care Network", "faith", "s1", "whatcom", "town", ("aging", "food"), "no"),
    ("Whatcom Legal Help", "justice", "s1", "whatcom", "city", ("justice", "housing"), "no"),
    ("Ferndale Family Practice", "physical_prov", "s15", "whatcom", "town", ("physical",), "no"),
    ("Whatcom County Parks and Seniors", "local_gov", "s50", "whatcom", "mix", ("aging",), "no"),
    ("Skagit Valley Community Hospital", "hospital", "s250", "skagit", "town", ("physical",), "no"),
    ("Burlington Promotoras", "grassroots", "s0", "skagit", "town", ("immigrant", "public"), "no"),
    ("Sedro-Woolley Recovery Services", "bh_provider", "s15", "skagit", "town", ("behavioral",), "no"),
    ("Swadabs Elders Program", "tribal_gov", "s15", "skagit", "reservation", ("tribal", "aging"), "nation"),
    ("Skagit Health Department", "public_health", "s50", "skagit", "mix", ("public",), "no"),
    ("Upriver Food Hub", "food", "s1", "skagit", "rural", ("food", "income"), "no"),
    ("Anacortes Home Care", "aging_ltss", "s50", "skagit", "town", ("aging",), "no"),
    ("Whidbey Shore Clinic", "fqhc", "s15", "island", "island", ("physical",), "no"),
    ("Oak Harbor Veterans House", "housing", "s1", "island", "town", ("housing", "behavioral"), "no"),
    ("South Whidbey Caregivers", "cbo_social", "s1", "island", "rural", ("aging", "disability"), "no"),
    ("Island County Youth Mental Health", "local_gov", "s15", "island", "mix", ("behavioral", "family"), "no"),
    ("Camano Island Food Circle", "food", "s0", "island", "rural", ("food",), "no"),
    ("Orcas Family Health", "physical_prov", "s1", "san_juan", "island", ("physical", "family"), "no"),
    ("Friday Harbor Resource Center", "cbo_social", "s1", "san_juan", "island", ("housing", "income"), "no"),
    ("Lopez Island Home Visitors", "grassroots", "s0", "san_juan", "island", ("aging", "family"), "no"),
    (
        "Salish Sea Urban Indian Health Board",
        "urban_native",
        "s15",
        "snohomish",
        "city",
        ("tribal", "public"),
        "native_org",
    ),
]
#: Organizations (by place in the list) that send a second person.
TWICE = (0, 4, 33, 43, 50)

PEOPLE = """Maya Castillo|Jerome Whitfield|Aisha Abdirahman|Linh Tran|Carmen Villalobos|Daniel Kim|Patricia Olsen|
Tyrone Baptiste|Nadia Rahimi|Grace Edwards|Oksana Melnyk|Ricardo Fuentes|Hannah Lindgren|Samir Haddad|Keisha Coleman|
Erik Johansen|Leilani Kahale|Rosa Mendoza-Ruiz|Peter Nakamura|Winona Charles|Fatima Jalloh|Brian McAllister|Sunita Rao|
Joseph Sampson|Amara Okafor|Christine Boyd|Viktor Kuznetsov|Yolanda Pruitt|Tam Nguyen|Elena Castañeda|Marcus Greene|
Deborah Hill|Hodan Ali|Francis Joe|Julia Park|Andre Dubois|Esperanza Gómez|Karen Sundstrom|Malik Thompson|Mei-Ling Chu|
Robert Cooper|Teresa Finkbonner|Gurpreet Singh|Alice Moore|Luis Navarro|Hazel Washington|Ian Fitzgerald|Soledad Ibarra|
Naomi Jefferson|Ahmed Farah|Rachel Steiner|Bao Vu|Dolores Williams|Caleb Anderson|Irina Popescu|Simone Laurent|
Gabriel Ortiz|Margaret Day|Kofi Mensah|Ruth Solomon|Jesse Martin|Paloma Reyes|Walter Edge|Noelani Akana"""
NAMES = PEOPLE.replace("\n", "").split("|")

TITLES = [
    "Clinic manager",
    "Program director",
    "Executive director",
    "Nursing supervisor",
    "Deputy director",
    "Lead community health worker",
    "Human resources manager",
    "Board member",
    "Battalion chief",
    "Quality manager",
    "Intake supervisor",
    "Family services lead",
    "Medical director",
    "Operations manager",
    "Outreach coordinator",
    "Division manager",
    "Elders program manager",
    "Care coordination lead",
]
