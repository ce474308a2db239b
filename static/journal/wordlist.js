/** Our own 2,048 words for suggested passphrases (facts/journal_words.txt): common, kind, three to eight letters. */

export const WORDS = Object.freeze(`
able about above absorb accent account achieve acorn acre across action active actor adapt admire admit adult
advance advice aerial affair afford afloat again agenda agent agree ahead airport airy album alert alike allow
ally almanac almond almost aloft alone aloud alphabet alpine altitude alto always amateur amaze amber amount
ample amuse anchor anemone angle animal annual answer anthem antique antler anybody anyone anything anyway
anywhere apart appear applaud apply approve apricot apron aqua arbor arcade arch archive arctic area argue
arise armchair aroma around arrange array arrive article artist aside aspect aspen aspire assemble asset
assist assume aster astound athlete atlas attach attain attempt attend attic attract auburn audio aunt aura
aurora author autumn avenue average avid avocado await awake award away axis azure baby back backpack backyard
badge bagel bake bakery balance balcony ball ballad balloon ballot bamboo band banjo banner banquet bargain
barley barn barrel baseball basil basket batch baton battery beach beacon bead beagle beauty because become
bedrock bedroom bedtime beehive before began behave being believe bellow belong beloved belt benefit berry
beside better between beyond bicycle birch bird birdsong birthday biscuit bison blanket blend blink bliss
block bloom blossom blue bluebird bluff blush board boat bobcat boil bold bonfire bonnet bonsai bonus book
bookcase bookmark boost borough borrow botany both bottle boulder bounce bound bouquet bowling bracelet braid
branch brass brave breath breeze brick bridge brief bright broad broccoli broker bronze brother brown brownie
bubble bucket buckeye buckle budget build bulb bullfrog bunch bundle bunny buoy bureau button cabbage cabin
cactus cafe calcium calf calling camel camera camp campfire campus canal canary candid candle candy canoe
canopy canvas canyon capable capital caption caramel caravan card cardinal career cargo caribou caring
carousel carpet carrot carry carton carve cascade cash cashew castle casual catalog caterer cause cedar
ceiling celery cello cement census center century ceramic cereal certain chair chalk chamber champion chance
channel chapter chariot charm chase chat cheddar cheer cheerful cheese chef chemist cherish cherry chess
chestnut chicken child chime chimney chip chipmunk choice choose chord chorus cinema cinnamon circle circus
citrus city civic claim clap clarinet clarity class classic clean clever client cliff climate climb clinic
cloak close cloth clothes club coach coal coast coastal coaster cobalt cobbler cobweb cocoa cocoon coffee coin
collar collect college color colt column comb combine comedy comet comfort comic comment common commute
compare compass compile complete compose computer concert conduct cone confirm connect conserve consider
console constant contact contain content control convene cookie cooler copper copy corduroy cork corner cosmos
cottage council count country couple courage course cousin cover coyote crab cradle craft crane crayon cream
create creative creature credit creek crescent crew cricket crisp critic crocus crop crowd cruise crumb crust
crystal cube cucumber culture cupboard cupcake curator curious curl current cushion custard custom cycle
cyclone cypress daffodil dahlia daily dale dance dapper data daughter dawn daytime dazzle dazzling deal debate
decade december decimal deck declare decorate deer define degree delicate delight deliver delta deluxe denim
dentist depend deposit depth deputy desert design desire detail develop device diagram diamond diary differ
digest digit dignity dime dinner diploma direct discover discuss dish display distance distant district
diverse divide dizzy doctor dogwood dolphin donate door double dough dove downtown dozen drama draw drawer
dreamy dress drift drink drive driveway drizzle drum dryer duet dune durable during duty dwell dynamic eager
early earring earth easel east eastern echo eclipse ecology economy edge edible edit editor educate effort
eggplant eight eighteen elastic elder elect elegant element elephant elevate elevator eleven eligible else
embark embrace emerald emerge emotion employ empower empty enable enamel enclose endless endorse endure energy
engage engine engrave enjoy enlist enough enrich ensemble entire entry envelope epic episode equal equator
equinox equip essay estate esteem ethics evening event ever evident evolve exact exam example exceed except
exchange excite exercise exhibit exist expand expect explain explore express extend extra eyebrow fabled
fabric fact factory fair fairway faithful familiar family famous fancy fanfare farewell farm farmer fashion
faucet favor feasible feather feature feed feline fence ferment fern fertile festival fetch fiber fiddle
fidelity field fiesta fifteen fifty figure filbert file filter final find finger finish firefly fireside first
flag flagship flamingo flannel flash fleece flexible flicker flight flint flip floor flora flourish flow
flower fluent fluffy flute flutter foam focus folder foliage folk folklore follow food footnote footpath force
forest forever formal fortune forum forward fossil foster fountain four foxglove foyer fraction fragrant frame
freckle free freedom frequent fresh friend friendly fringe frisky frog front frosting fruit fruitful fudge
fuel function future gadget gala galaxy gallery gallon game garage garden gardenia garland garlic garment
garnet gateway gather gear general generous genial genre gentle genuine geology geranium giant gift giggle
giraffe give glacier glad glance gleam glen glide glimmer glimpse glitter globe glory glossy golden goldfish
golf gondola goose gopher grace gracious graduate grain grammar grand granite graph grasp grateful gravity
gravy great green greenery grid grill grocery groove group grow growth guardian guava guess guidance guitar
gull gumdrop gust habit haiku halfway hammock hamster handbook handmade handsome happen happy hardy harmonic
harmony harp harvest haven hazel hazelnut headline health heap heart heartily helmet helpful hemlock herald
herb heritage heron hexagon hidden highland highway hike hill hilltop hinge hint history hobby hockey holiday
holly home homemade homework honest honey honor hoop hopeful horizon horn horse hotel huddle human humble
humid humming hummus humor hundred hurry hyacinth hydrogen iceberg icing icon idea ideally identity igloo
image imagine impact imprint improve impulse inch include income increase index indigo indoor infant inform
inherit initial inland input insect inside insight inspire instant instinct intact integer intend interest
invent invite iris issue item itself ivory jacket jade jasmine jazz jelly jewel jigsaw jingle journal journey
jovial joyful joyous jubilee judicial juggle juice jukebox jump junior juniper justice kangaroo karate kayak
keep keepsake kennel kept kettle keyboard keynote kilowatt kindle kindness kingdom kinship kiosk kitchen kite
kitten kiwi knack knit knob knowing koala label lace ladder ladybug lagoon lakeside landmark language lantern
large lark lasting later latitude laugh launch launder laundry laurel lavender leader leaf leaflet league
learn leave lecture left legacy legend leisure lemon lemonade length lens lentil lesson lettuce level leverage
library license lichen life lifelong lilac lily limit linen lion liquid list listen literacy literal lively
llama loading local locate locket lodge logic logical long longing lookout lotion lotus lounge lucky luggage
lullaby lumber luminous lunar lupine luster lyric lyrical macaroni magazine magenta magnet magnolia magpie
mahogany mail mailbox major mallard mandolin mango manual many maple marathon marble margin marigold marina
market marsh marvel mascot mask math matter maximum meadow measure medal media medium medley meet melodic
melody melon member memoir memory mend mention mentor merit mermaid mesa message meter method metric midday
midnight mighty migrate mild millet mineral minimum minute miracle mirror mobile mocha model modern modest
molasses moment monarch monitor month monument moon moonbeam moonlit moral more morning mosaic moss mother
motor motto movement movie much muffin mulberry multiply muscle museum mushroom music musical mutual myself
mystery napkin narrate narrator narrow nation national natural nature navigate nearby neat necklace nectar
neighbor nephew network neutral news nice nimble noble nobody nominate noodle north notable note notebook
nothing notice noun nourish novel novelty nuance nucleus nurse nursery nurture nutmeg oasis oatcake oatmeal
object observe obtain obvious occasion ocean octave octopus offer office often okay okra olive omelet once
onion online only onward onyx opal open opening opera operate opinion optic optimal optimism option oracle
orange orbit orchard orchid order orderly oregano organ organic origin original oriole ornament ostrich otter
outdoor outfit outline outlook output outreach outside overall overcast overflow overlook oversee owner oxygen
pacific package paddle page paint painter pajamas palace palette palm pamphlet pancake panda panel panorama
panther pantry papaya paper paprika parade paradise parallel parcel parent parlor parsley parsnip partner
party pass passage passion passport pasta pastel pasture patience patient patio patriot patrol pattern peace
peaceful peachy peacock peak peanut pearl pebble pecan pelican pencil penciled penguin penny pension people
pepper percent perch perfect perform perhaps period permit person petal petunia phone photo phrase pianist
piano pick pickle picnic picture piece pier pigeon pillow pilot pine pinecone pinwheel pioneer pitcher pixel
placid plain planet plank planner plaster plate plateau platform play player playful plaza pleasant please
plenty plum podium poem poetry polar polish polished polite polka pond ponder pool popcorn poppy popular port
portable porter portrait position positive possible postage postcard potato pottery power powerful practice
prairie praise precious precise prefer prelude prepare present pretty pretzel price primary primrose priority
prism private probably problem process produce profile profit program progress project prologue promise prompt
proof proper propose protocol proud prove proverb provide prudent public publish pudding pulley pulse pumpkin
pupil puppet purchase pure purple purpose pursue push puzzle pyramid quail quaint quality quantum quart
quarter quest question quick quiet quill quite quiz rabbit raccoon radiant radio radish radius rafter railway
rainbow raisin ramble random rapid rare ready reason reassure rebuild recall receive recent recess recharge
recipe recital record recover recycle redbud redwood reef reflect refresh refuge region regular rejoice relate
relax reliable relief rely remain remark remedy remember remind remote renew rent repair repeat replace report
request rescue research reserve resident resolve resource respect respond restore result retire return reunion
reveal review revive reward rhubarb rhyme rhythm ribbon rich ride rigid ring rinse ripple river riverbed
roadside robe robin robot rock rodeo roll roller romance romp room rosebud rosemary rotate route routine
rowboat rowing royal rubber ruby rugged ruler runner runway rural rustic safari saffron sailor salad salmon
salt salute sandal sandbox sandwich sapling satin satisfy saturn sauce save scale scarf scatter scene scenery
scenic schedule scholar school science scoop scooter scope scout screen scribble script scroll sculptor search
seashell seaside second secret section secure seek self senior sense sensible sentence serene series serious
service session seven seventy several shallow shape shawl sheep shell shelter shepherd shield shift shimmer
shine shoe short shoulder shovel shower shuttle sibling sidecar sidewalk sign signal silence silent silk
silver similar simple since sincere sister size skate sketch skill skip skylark sleeve slipper small smart
smile smooth snap snow snowball snowman snug soar soccer social society sofa solid solo soloist solution solve
someday someone sonata soothe soul source south space spacious spark sparkle sparrow special speech speed
sphere spin spinach spiral spirit splash spoken sponge spoon spot spread spring sprout spruce square squash
squirrel stable stack stadium staff stage stair stamp stand standard stanza starfish station statue stay
steady steam steel stellar step stereo steward stitch stone stool storage story straight street stretch strive
strong student studio study style subject submit subtle suburb subway succeed sudden sugar suggest suit
suitcase summer sunbeam sunlight sunrise sunset super supply support suppose supreme surf surface surprise
survey sustain swan sweater sweet sweetly swim swing symbol syrup system tablet tackle tactful tadpole talent
talk tape tapestry taste teacher teacup teapot tell tempo tenant tender tennis term terrace terrain test
textile texture thank theater theirs theme theory therapy thermal thimble thing thinker third thirty thistle
thousand thread three thrifty thrive ticket tidy timber title today together tomato tomorrow tonic tonight
toolbox tooth topaz topmost torch tortoise total toucan tourist towards towel town track tractor trade trail
transit travel tray treasure trellis tremble trend triangle tribute trickle trio trolley tropical tropics trot
true trumpet trunk truth tuba tuition tulip tunnel turbine turn turnip turret turtle tutor twelve twenty twice
twig twilight twinkle twirl twister typical ukulele ultra umbrella uncle uncover under undergo unfold uniform
unique unison unite universe unlock until unusual unwind upbeat update upgrade uphill uphold upland uplift
upper upright upset upstream uptown upturn upward urban urge usable useful usher usual utensil utmost vacation
vacuum valiant valid valley value vanilla vanish variety various vase vault velvet venture verbena verse
version vessel vibrant view village vineyard vintage violet violin virtual virtue visible vision visit visitor
vista visual vital vivid voice volume voyage waffle wagon waist waiter walkway wallet walnut waltz wander want
warmth warrant wavy weaver weekday weekend weigh welcome western wetland wharf wheat wheel whirl whisper whole
width willing windmill window windy winter wire wisdom wishful wisteria witness wombat wooden word worker
workshop worthy wrap wren wrinkle write yoga yogurt young younger zealous zebra zenith zero zestful zigzag
zinc zinnia zipper zoology
`.trim().split(/\s+/));
