# ruff: noqa: E501 - one saying a line
"""What invented applicants say, in pieces that fit together. Written for the demo; nobody said any of it."""

from __future__ import annotations

# Per theme: areas of work it suits, and (what happens now, who feels it, a year from now, why or a first step), twice each.
CHANGES: dict[str, tuple[tuple[str, ...], tuple[tuple[str, str], ...]]] = {
    "hours": (
        ("physical", "oral", "behavioral", "family"),
        (
            (
                "Our intake line closes at four in the afternoon.",
                "We answer new calls from nine to four, Monday to Friday, and we have done so since before I came.",
            ),
            (
                "Most of the people we miss work days in fields, kitchens and care homes.",
                "When I looked at one month of missed calls, two of three came after four or on a Saturday.",
            ),
            (
                "A year from now I want evening intake twice a week and a Saturday morning that is staffed, not borrowed.",
                "In a year a person who works days should be able to get a first visit without losing pay.",
            ),
            (
                "The hours fit our building lease and our staff, not the people. I would start with one evening and count who comes.",
                "Nobody chose this to be unfair. It is a habit with a budget line, and I can move part of that line.",
            ),
        ),
    ),
    "hiring": (
        ("systems", "behavioral", "public", "physical", "income"),
        (
            (
                "We ask for a bachelor's degree for jobs that people without one do well.",
                "Our postings for peer and outreach jobs still list a degree as a must.",
            ),
            (
                "It screens out people who have lived what our clients live, and they are also the ones paid least.",
                "Last year four strong people from our own waiting room could not apply.",
            ),
            (
                "I want every posting below manager to name skills, show the pay, and drop the degree unless the law asks for it.",
                "A year from now at least half of our new hires in outreach should come from the places we serve.",
            ),
            (
                "The rule comes from an old grant. The grant ended and the rule stayed. I have begun a list of which jobs truly need it.",
                "I would rewrite five postings first and ask the people we did not hire what they read in them.",
            ),
        ),
    ),
    "language": (
        ("immigrant", "physical", "public", "family", "behavioral"),
        (
            (
                "Families wait up to nine days for an interpreter and the others wait two.",
                "We have forms in Spanish and nothing in Mixteco, Ukrainian or Tigrinya, so children interpret for parents.",
            ),
            (
                "They come in sicker, or they do not come back, and we write down that they missed a visit.",
                "Mothers tell us they sign papers they have not understood.",
            ),
            (
                "In a year no visit should wait longer because of language, and no child should interpret.",
                "I want a standing interpreter half day each week and consent forms that are read aloud and recorded.",
            ),
            (
                "We buy interpreters by the hour and cut them first when money is short. That is the line I want to protect.",
                "A first step is to count the wait by language every month and put it in front of our leadership team.",
            ),
        ),
    ),
    "ferry": (
        ("physical", "aging", "family", "disability"),
        (
            (
                "We book visits as if everybody lived ten minutes away, and our people come by ferry.",
                "If the boat is late we mark it as a no-show, and after three no-shows we close the file.",
            ),
            (
                "It lands on elders, on parents with small children and on anyone who cannot pay for a second crossing.",
                "The people on the far islands lose their place in line for something no person controls.",
            ),
            (
                "A year from now I want visits booked around the sailing schedule and no penalty for a missed boat.",
                "In a year the no-show rule should be gone and a call-back the same day should stand in its place.",
            ),
            (
                "The rule was copied from a mainland clinic. I can change our booking blocks this winter.",
                "I have asked the ferry office for delay data so that we can show how often it is not the person.",
            ),
        ),
    ),
    "billing": (
        ("physical", "oral", "systems", "aging"),
        (
            (
                "We send unpaid bills to collection after ninety days without anyone calling first.",
                "Our letters about bills are four pages long and say the important thing on page three.",
            ),
            (
                "People who would qualify for help never learn that they do. They stop coming.",
                "When I matched the list with income data, most of them should have owed nothing at all.",
            ),
            (
                "In a year every bill over fifty dollars should have a call in the person's language before it goes anywhere.",
                "I want help with costs offered at the desk, before the visit, by someone who knows the rules.",
            ),
            (
                "Collection is run by a contract that ends in June. That is our door.",
                "Finance owns the policy. They will listen to numbers, so I am collecting them.",
            ),
        ),
    ),
    "discharge": (
        ("behavioral", "housing", "justice"),
        (
            (
                "We discharge people for missing two groups.",
                "A return to use still ends a stay in our program, whatever we say on our website.",
            ),
            (
                "It falls hardest on parents who lose child care and on people without a car.",
                "Of the people we put out last year, most had nowhere to sleep that night. I checked.",
            ),
            (
                "A year from now I want discharge for absence to be the last step after three tries to reach the person.",
                "In a year nobody should leave us to the street because of a slip.",
            ),
            (
                "The rule protects our numbers for the contract. We could ask the payer for another measure, and I sit in that meeting.",
                "Night staff need something else to do in that moment than call for removal. I would start with them.",
            ),
        ),
    ),
    "deposits": (
        ("housing", "income", "violence"),
        (
            (
                "We ask for an ID, a social security card and proof of income before we even talk about a bed.",
                "Our waiting list puts whoever fills in the form first at the top, and the form is online.",
            ),
            (
                "People leaving violence rarely carry papers. They are turned away and told to come back.",
                "The people who have a phone plan and quiet time get the room.",
            ),
            (
                "I want us to talk first and ask for papers within thirty days.",
                "In a year the list should go by need that we check in person, and the form should exist on paper.",
            ),
            (
                "Nothing in our funding asks for it. It is a habit from a landlord we no longer work with.",
                "I would try it in one building and watch what breaks.",
            ),
        ),
    ),
    "food": (
        ("food", "family", "immigrant"),
        (
            (
                "We hand out food on weekdays from ten to two and ask people to show an address.",
                "Our boxes hold what is donated. Much of it is not what people here cook.",
            ),
            (
                "Farmworker families and people who live in cars stay away.",
                "Elders tell us they give half of it to the neighbors' dog.",
            ),
            (
                "A year from now: no address, one evening a week, and shelves where people choose.",
                "In a year half of our fresh food should come from growers who look like the people in line.",
            ),
            (
                "Our board worries about people taking twice. We counted for a month; it was three households.",
                "I can move the hours myself. For choice I need shelves and one more volunteer lead.",
            ),
        ),
    ),
    "discipline": (
        ("family", "behavioral", "justice"),
        (
            (
                "We send children home for behavior that has a reason.",
                "Our referral form asks what the child did and never what happened to the child.",
            ),
            (
                "Boys of color and children with disabilities are sent home far more than the rest.",
                "Parents on hourly pay lose a shift each time, and then the job.",
            ),
            (
                "In a year I want us to end sending home under grade three and to have someone to sit with instead.",
                "I want a form that starts with what the child needs, filled in together with the parent.",
            ),
            (
                "It happens because one adult is alone in a room. That is a staffing choice, and I make the schedule.",
                "I would begin with two classrooms whose teachers have asked for help.",
            ),
        ),
    ),
    "pay": (
        ("systems", "public", "tribal", "immigrant"),
        (
            (
                "We ask community members to advise us and pay them with a gift card, or with nothing.",
                "Our advisory group meets at noon on a weekday, unpaid, and we wonder who comes.",
            ),
            (
                "The people with the most to say lose wages to say it.",
                "It is always the same five people, and most are retired professionals.",
            ),
            (
                "A year from now advising us is paid like other skilled work, with child care and travel.",
                "In a year the group should set part of our budget, not comment on it.",
            ),
            (
                "Our payment policy treats people as vendors and asks for tax forms. I can propose a stipend rule to our board.",
                "I have one small fund I control. I would start there and report what it changed.",
            ),
        ),
    ),
    "elders": (
        ("tribal", "aging", "disability"),
        (
            (
                "Elders have to travel to three offices for one plan.",
                "Our assessments use a checklist from outside that has no room for family or ceremony.",
            ),
            (
                "They tire, and they stop asking. Then we say that they declined services.",
                "Our elders say it makes them feel like a case.",
            ),
            (
                "I want one visit at home, with the person they trust in the room, and a plan they can read.",
                "In a year our own questions come first and the outside checklist second.",
            ),
            (
                "Each program is paid for its own visit. We could ask to share one, and I know whom to ask.",
                "We have begun to write the questions with a circle of elders. It is slow and it is right.",
            ),
        ),
    ),
    "rides": (
        ("transport", "disability", "aging", "income"),
        (
            (
                "A ride to a clinic has to be booked three working days ahead.",
                "Our routes were drawn for commuters, and the clinic is at the end of none of them.",
            ),
            (
                "That rules out anyone who gets sick on a Friday or whose shifts change.",
                "People in wheelchairs wait longest because we keep two vans for the whole county.",
            ),
            (
                "In a year half of our rides should be same-day.",
                "I want the next schedule change to be tested with riders before the board sees it.",
            ),
            (
                "Dispatch software is set to the old rule. Changing it is cheaper than people think.",
                "I would start with the two zip codes that miss the most visits.",
            ),
        ),
    ),
    "data": (
        ("public", "systems", "physical"),
        (
            (
                "Our reports give one number for the whole county.",
                "We collect race and language on paper and never look at them again.",
            ),
            (
                "Small communities vanish in it, and then there is no money for them.",
                "Staff stopped asking, because nothing ever came of the answers.",
            ),
            (
                "In a year every report to our leaders should say who is missing from the numbers, and why.",
                "I want three measures, looked at every month, chosen with the people they are about.",
            ),
            (
                "People fear small numbers. There are safe ways, and we should learn them together.",
                "I lead the team that makes the reports, so the first page can change next quarter.",
            ),
        ),
    ),
    "contracts": (
        ("systems", "violence", "tribal", "housing"),
        (
            (
                "We pay our partners ninety days late and only after the work is done.",
                "Our contracts ask small groups for the same insurance as a hospital.",
            ),
            (
                "A grassroots group cannot carry that. So the money goes to the same large agencies.",
                "Two culturally specific groups told us they will not apply again.",
            ),
            (
                "A year from now a third is paid at the start, and small groups have a short contract.",
                "In a year at least five new partners should hold money directly from us.",
            ),
            (
                "It is a finance rule from before we paid electronically. The controller is open to it.",
                "I can change the request for proposals. For the payment terms I need the county's lawyers.",
            ),
        ),
    ),
}

OPENINGS = [
    "",
    "The short version: ",
    "I have thought about this one for a while. ",
    "It is a plain thing. ",
    "If I could move one thing: ",
    "This may look small. ",
    "Our staff named this one, not me. ",
    "I picked this because I am part of it. ",
    "I keep coming back to this. ",
    "One practice stands out. ",
]

DECIDE = [
    "I set the schedule for eleven people and sign off on overtime.",
    "I hold a program budget and can move money between lines up to five thousand dollars.",
    "I write our procedures. If I change one and train people, it is changed.",
    "I hire for my team and decide how we interview.",
    "I supervise four leads who supervise everyone else.",
    "I sit on our board and chair the committee that looks at policy twice a year.",
    "I cannot decide much alone, but my director has acted on four of my last five proposals.",
    "I decide which partners we refer to and on what terms.",
    "I lead one site. Day to day, the site is mine.",
    "I am the director. The board sets the budget and leaves the rest to me.",
]
AGREEMENT = [
    "For anything with new money I need our finance director, who wants to see three months of numbers first.",
    "The union would have to agree to new hours. I was a steward, so we can talk.",
    "I would need our medical director, who worries about time per visit.",
    "Our Tribal Council would decide. They meet monthly and they ask good questions.",
    "The county's lawyers have to sign. They are slow and fair.",
    "Our executive team has to say yes. Two of five would say yes today.",
    "The board would have to change the policy. I know which two members will worry and about what.",
    "The hardest agreement would be with the front desk, who have been blamed for this rule for years.",
    "The payer sets part of it. I sit in their quarterly meeting and can bring it.",
]
EXAMPLE = [
    "Last spring I moved our team meeting so that the night shift could come. It sounds small. They now bring half of the agenda.",
    "I ended the rule that people had to be on time to the minute. We lost nothing.",
    "I got us to print the price list in four languages, after asking for two years.",
    "We stopped asking for a home address on the first form. It took one memo and three months of worry.",
    "I helped to start paid parental leave for hourly staff. I wrote the numbers; others fought for it.",
    "I once pushed a change through without asking the desk. It failed in a week, and that taught me more than the ones that worked.",
    "I changed how we choose who gets overtime. It used to be who asked first.",
    "We now open two mornings for people without appointments. I tried it for one month first.",
    "Nothing large yet. I have been in this job for a year, and people have begun to ask me.",
]
LEARNING = [
    "We held a listening session in English at six in the evening in a courthouse. Four people came, all of them staff.",
    "I told a father that he had missed too many visits. He had been sitting in the wrong waiting room each time, because our sign was wrong.",
    "We made a video about our services and used a word that means something rude in the language we had it translated into.",
    "I praised a colleague in public in a way that made her the speaker for everyone who looks like her.",
    "We closed a small office to save money and only later counted who had walked there.",
    "I wrote a policy on attendance that was fair on paper. The three people it hit in the first month were all single mothers.",
    "A patient told me that our intake felt like a police interview. I explained to her why we ask. I should have listened.",
    "I assumed that an elder wanted her daughter out of the room. I was wrong, and she told me so, kindly.",
    "We changed a form without telling our partners. Forty families were told they had lost a benefit that they had not lost.",
    "We thanked a group of young people with pizza for work that we later used in a grant.",
    "I did not believe a staff member who said that a doctor spoke down to her. Then I sat in on rounds.",
]
NEXT = [
    "I went back and said that I was wrong, without a but.",
    "First I got defensive. A week later I called her and asked what would have helped.",
    "I asked two people it had happened to if they would tell me more, and I paid them for their time.",
    "We stopped, told people what had gone wrong, and fixed the letters the same week.",
    "I brought it to my team as my mistake and asked what they had seen that I had not.",
    "I called each person myself. It took two days, and some did not want to talk.",
    "I had to tell my director, who was not pleased, and I am glad that I did.",
]
NOW = [
    "Now nothing goes out before three people who will use it have read it.",
    "Since then I ask “who is not here?” at the start of a plan and not at the end.",
    "We count who is affected before a change and again after three months.",
    "I still catch myself explaining when I should listen. I have asked a colleague to kick my foot.",
    "We pay people who teach us. It is in the budget now.",
    "It changed how I hire: I ask each person about a time when they were wrong.",
    "I cannot say that it is fixed. I can say that people tell us sooner.",
    "",
]
BRING = [
    "I bring numbers. I can make a chart that a board understands.",
    "I bring twenty years in one town. I know who will pick up the phone.",
    "I bring patience with slow systems and a few forms that worked.",
    "I am good at asking the next question and leaving it open.",
    "I bring the view from the front desk, where policy turns into a yes or a no.",
    "I have run talking circles and can share how we open and close them.",
    "I bring a problem that I have not solved, and I will be honest about it.",
    "I speak three languages and I know how it feels not to be understood in any of them.",
    "I can help people to read a budget. It is less dull than it sounds.",
    "I bring stubbornness, and I am told also humor.",
]
HOPE = [
    "I hope to find people who will tell me when I am fooling myself.",
    "I want to learn how others keep going when a leader above them is not convinced.",
    "I hope to leave with one thing that has really changed, not with a binder.",
    "I am often the only one in the room who asks these questions. I would like not to be.",
    "I want to see how a hospital, a food bank and a Tribe look at the same question.",
    "I need practice in saying hard things early and calmly.",
    "I hope for peers I can call in year three.",
    "I would like help to think through the money.",
    "I want to hear how others repaired trust after they lost it.",
]
INVOLVED = [
    "We have an advisory group that meets every quarter. It is asked for its view after the budget is written.",
    "Honestly, hardly at all. We send a survey, and one in twenty answers.",
    "Two of our nine board members have used our services. They are often outvoted.",
    "Our community health workers carry people's words to us. We rely on that too much.",
    "Parents help to hire teachers. It began three years ago and nobody would go back.",
    "Elders open our planning days, and they stay for the whole day.",
    "Clients sit on the group that reviews complaints, with a vote.",
    "We ask people when they leave. Those who never came in, nobody asks.",
    "A peer council decides how we spend a small fund. It is the best meeting of the month.",
]
STRENGTHEN = [
    "I would like them to see the budget while it can still change.",
    "I want to pay for the time, and to meet when and where people are.",
    "We need to tell people what came of what they said. Mostly we do not.",
    "I would strengthen the no: what happens when the group does not agree with us.",
    "We should ask the people who left.",
    "I want half of the seats, and training for the rest of us in how to share them.",
    "The next step is that they choose the questions, too.",
    "I would start with one decision that is really theirs.",
    "We need interpreters in the room, not a summary afterwards.",
]
ANYTHING = [
    "I wrote this on my phone between visits. Please excuse the short sentences.",
    "My director knows that I am applying and has offered to cover Thursdays.",
    "I applied last time. I know more now about what I do not know.",
    "I may need to join by video in calving season.",
    "Thank you for reading. The questions alone helped us: we talked about them in our team.",
    "The ferry is my only worry about dates. I will plan for it.",
]
TIES = [
    "Ruth Kowalski is my sister-in-law. We do not talk about work, but you should know.",
    "I worked for Peter Lindqvist until two years ago.",
    "Amina Warsame sits on our board.",
]
ACCESS = [
    "A seat near the door helps. I do not need to say why.",
    "Please send slides two days before.",
    "I travel by the first ferry and cannot be there before nine thirty.",
    "I am nursing and need a private room at noon.",
]
IN_OWN_WORDS = ["Afro-Caribbean and Irish", "Mixteca", "Roma", "Coast Salish and Filipino", "Punjabi"]
