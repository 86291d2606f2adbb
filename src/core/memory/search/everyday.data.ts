import {termOf} from '../text/tokenize.ts'

/**
 * Words near in meaning, a line each: any finds the others. Written by hand, everyday English. Stored as terms: a line is " term term … ",
 * so that a look-up is one search in a string and nothing is built at start.
 */
export const NEAR = linesOf(`
job work career profession occupation employment position role
boss manager supervisor employer
colleague coworker workmate teammate
company business firm employer startup enterprise
hire recruit employ
fire dismiss layoff redundant
quit resign leave
retire retirement pension
salary wage pay income earnings
interview candidate apply application
promotion promote raise
study learn course class lesson degree
school college university campus academy
student pupil classmate
teacher instructor tutor coach mentor trainer
professor lecturer
graduate graduation diploma degree
test exam quiz
homework assignment essay
research study experiment
child baby toddler infant
child son daughter
teenager teen adolescent youth
parent mother father
husband wife spouse partner
wedding marry bride groom engagement
engaged engagement fiance fiancee propose
boyfriend girlfriend partner
date dating relationship romance romantic
divorce separate breakup split
sibling brother sister twin
grandmother grandfather grandparent
relative cousin aunt uncle nephew niece
friend buddy pal mate friendship
roommate flatmate housemate
guest visitor
pregnant pregnancy expecting
born birth birthday
adopt adoption foster
die funeral pass grief mourn
pet dog cat
dog puppy pup
cat kitten
horse pony
trip travel vacation holiday journey tour visit
abroad overseas foreign
flight plane airport airline
train railway station
car vehicle truck van
drive road
bus coach
boat ship ferry yacht sail
hotel hostel motel resort inn
luggage suitcase baggage
passport visa
map route path
hike trail trek walk
walk stroll
run jog sprint marathon
camp tent campfire campsite
mountain hill peak summit climb
beach coast shore ocean sea seaside
lake pond river
forest woods woodland
park garden
city town village
country nation
street road avenue
house home apartment flat condo
rent lease landlord tenant
mortgage loan debt
move relocate moving
furniture sofa couch chair table
room bedroom kitchen bathroom
clean tidy declutter wash
repair fix mend broken
build construct construction
renovate renovation remodel redecorate
decorate decoration decor
buy purchase shop shopping
sell sale
store shop mall market boutique
price cost expensive
cheap bargain discount affordable
money cash fund
save saving savings
invest investment stock
spend budget
gift present
donate donation charity fundraiser
volunteer charity help
help assist support aid
food meal dish cuisine
meal breakfast lunch dinner supper brunch
eat dine
cook bake recipe
restaurant cafe diner bistro
coffee espresso latte
drink beverage
wine beer alcohol cocktail
dessert cake pie pastry sweet
candy chocolate sweet
snack chip cookie
vegetarian vegan
diet nutrition weight
fruit berry
healthy health fitness wellness
exercise workout gym fitness train
sport game
match game tournament competition
team club squad
win victory champion trophy
lose defeat
prize award medal trophy
score goal point
competition contest tournament race
injury injured hurt sprain wound
ill sick illness disease unwell
doctor physician clinic
hospital clinic ward
dentist tooth
medicine medication pill drug prescription
surgery operation
therapy therapist counseling counselor
pain ache sore
allergy allergic
headache migraine
cold flu cough fever
diagnosis diagnose condition
tired exhausted fatigue
sleep nap insomnia rest
stress anxious anxiety worry nervous pressure
relax unwind calm destress
meditate meditation mindfulness yoga
sad upset depressed unhappy down
happy glad joy delight thrilled
excited excitement thrilled eager
angry mad furious annoyed
afraid fear scared frightened
proud pride
love adore
like enjoy love
hate dislike
favorite prefer
hobby interest pastime passion
passion passionate love
feel emotion mood
surprise shock unexpected
funny humor laugh joke comedy
lonely alone isolated
brave courage courageous
kind generous thoughtful
grateful thankful appreciate gratitude
sorry apologize apology
agree agreement
argue argument fight quarrel dispute
problem issue trouble difficulty challenge
challenge obstacle setback difficulty
goal aim ambition dream
hope wish
plan intend schedule
decide decision
idea thought concept
advice suggestion recommend suggest tip
opinion view
reason why motivate
motivate motivation inspire inspiration
inspire influence
succeed success achieve achievement accomplish accomplishment
fail failure
try attempt
begin start launch open
finish complete end
continue keep
change transform transition
improve improvement progress better
grow develop
create make craft
design designer
invent invention
discover find
explore adventure
join participate attend
event party celebration gathering
celebrate celebration party anniversary
festival fair carnival parade
concert gig show performance
perform performance stage
music song tune melody
song track album
band group
musician singer artist
sing vocal choir
instrument guitar piano violin
dance dancer choreography ballet
theater play drama musical
movie film cinema
series show episode television
actor actress
director producer
book novel story
read book
write writer author novel story
poem poetry poet verse
journal diary blog
magazine newspaper article
library bookstore
art artist painting drawing
paint painting painter canvas
draw sketch drawing
sculpture statue pottery ceramic
museum gallery exhibition exhibit
photo picture image camera
video film footage vlog
game videogame gaming console
puzzle jigsaw
toy doll
computer laptop pc
phone mobile call
internet online web website
program code software programmer developer
robot robotics
science scientist
nature outdoors wildlife
animal wildlife
plant flower tree
garden gardening gardener
weather climate
rain rainy storm
snow winter ski
hot warm heat
cold chilly freezing
sun sunny sunset sunrise
environment ecology sustainable conservation
recycle recycling waste
religion faith church spiritual
god prayer pray
politics political government election
law lawyer legal attorney
police officer crime
army military soldier veteran
war battle
immigrant immigration refugee
gay lesbian lgbtq queer transgender
equality rights activism activist
community neighborhood
meet encounter
talk chat conversation discuss
speak speech presentation
tell share
call phone
letter mail email message text
contact reach
visit see
arrive arrival
leave depart departure
stay live reside
wait queue
hurry rush
lose miss
find locate
hide secret
gather collect
collect collection collector
wear outfit clothes clothing
clothes clothing fashion dress
shoe boot sneaker
jewelry necklace ring bracelet
hair haircut hairstyle
tattoo ink
beautiful gorgeous stunning pretty lovely
ugly hideous
big large huge
small tiny little
old ancient aged
new recent
fast quick speed
difficult hard tough
easy simple
important significant meaningful
strange weird odd unusual
famous popular celebrity
rich wealthy
poor poverty
danger dangerous risk
safe safety security
accident crash collision
fire blaze
flood storm disaster
steal theft rob burglary
key lock
bag backpack purse
symbol represent meaning
memory remember recall
forget
name called title
age old
hometown origin native
ethnicity heritage culture background
language speak fluent
skill talent ability
experience adventure
lesson learn
quality trait character
belief value
future plan
past history childhood
morning dawn
evening night
bar pub
swim pool
bicycle cycling cyclist ride
fish fishing
hunt hunting
knit sew crochet
wood woodworking carpentry
farm farmer farming
bird parrot
insect bug bee
turtle tortoise
`)

const COUNTRIES = `england scotland wales ireland britain uk france spain portugal italy germany austria switzerland belgium netherlands holland
  luxembourg denmark norway sweden finland iceland poland czechia hungary romania bulgaria greece turkey croatia serbia slovenia ukraine russia
  estonia latvia lithuania usa america canada mexico cuba jamaica brazil argentina chile peru colombia ecuador bolivia venezuela uruguay
  costa panama guatemala egypt morocco tunisia algeria kenya tanzania uganda ethiopia nigeria ghana senegal africa zimbabwe rwanda
  israel lebanon jordan syria iraq iran dubai qatar india pakistan nepal bhutan bangladesh sri china japan korea taiwan vietnam thailand cambodia laos
  malaysia singapore indonesia bali philippines australia zealand fiji`
const STATES = `alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois indiana iowa kansas
  kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada hampshire jersey york carolina
  dakota ohio oklahoma oregon pennsylvania tennessee texas utah vermont virginia washington wisconsin wyoming ontario quebec alberta`
const CITIES = `london paris rome milan venice florence naples madrid barcelona seville lisbon porto berlin munich hamburg cologne frankfurt vienna
  salzburg zurich geneva brussels amsterdam rotterdam copenhagen oslo stockholm helsinki reykjavik warsaw krakow prague budapest athens istanbul moscow
  dublin edinburgh glasgow manchester liverpool oxford cambridge york chicago boston seattle portland denver austin dallas houston miami orlando atlanta
  nashville philadelphia detroit phoenix angeles francisco diego vegas orleans washington minneapolis toronto montreal vancouver ottawa calgary mexico
  havana rio lima bogota santiago buenos cairo marrakech nairobi lagos johannesburg jerusalem dubai mumbai delhi bangalore kathmandu
  beijing shanghai hong tokyo kyoto osaka seoul taipei bangkok hanoi singapore sydney melbourne brisbane auckland wellington`

/** What a question's noun may be answered with, a line each: "kind: member member …"; the kind finds its members, not the other way round. */
export const KINDS = kindsOf(`
country: ${COUNTRIES}
nation: ${COUNTRIES}
state: ${STATES}
city: ${CITIES}
town: ${CITIES}
region: ${COUNTRIES} ${STATES}
location: ${COUNTRIES} ${STATES} ${CITIES} beach mountain lake park museum
place: beach mountain lake river forest park garden museum gallery castle temple church library cafe restaurant bar shop store market island desert trail studio zoo theater
continent: europe asia africa america australia antarctica
nature: beach mountain lake river forest ocean waterfall trail park sunset desert meadow canyon
landmark: tower bridge castle palace cathedral museum statue temple monument
building: house church castle tower museum library school hospital barn skyscraper
room: kitchen bedroom bathroom garage basement attic office study
pet: dog puppy cat kitten fish goldfish bird parrot hamster rabbit bunny turtle snake lizard ferret gerbil gecko horse guinea
animal: dog cat horse cow pig sheep goat chicken duck bird fish turtle snake frog rabbit bear deer fox wolf elephant lion tiger monkey whale dolphin shark penguin owl eagle bee butterfly
breed: labrador retriever poodle shepherd beagle bulldog terrier husky collie corgi dachshund spaniel chihuahua
bird: parrot eagle owl sparrow robin duck swan goose pigeon crow hawk hummingbird
instrument: guitar piano violin viola cello drum flute clarinet saxophone trumpet harp banjo ukulele keyboard bass organ accordion harmonica
music: jazz rock pop classical blues folk country hip rap metal punk reggae soul techno indie opera electronic
genre: jazz rock pop classical blues folk fantasy mystery thriller romance horror comedy drama biography documentary fiction
dance: ballet salsa tango waltz hip jazz tap ballroom contemporary swing
sport: football soccer basketball baseball tennis golf hockey volleyball badminton swimming running cycling skiing snowboarding surfing skating boxing wrestling rugby cricket climbing rowing karate
exercise: yoga pilates running jogging swimming cycling weights lifting gym cardio aerobics squat pushup stretching boxing hiking walking crossfit
martial: karate judo taekwondo aikido kickboxing boxing jiujitsu kung
activity: hiking camping swimming running cycling painting drawing dancing cooking baking gardening reading writing fishing skiing climbing surfing yoga knitting pottery photography hike camp swim bowling picnic kayaking
hobby: reading writing painting drawing photography gardening cooking baking knitting sewing pottery woodworking fishing hiking dancing gaming chess guitar piano singing collecting birdwatching
interest: reading writing art music sport history science nature travel cooking photography politics
outdoor: hiking camping fishing kayaking climbing biking swimming picnic skiing gardening
game: chess poker monopoly scrabble catan mario zelda minecraft fortnite pokemon tetris playstation xbox nintendo dungeon strategy puzzle card
console: playstation xbox nintendo switch gamecube
device: phone computer laptop tablet camera console headphone watch
gadget: phone laptop tablet camera headphone drone watch
vehicle: car truck van bus bicycle motorcycle boat plane train scooter
car: toyota honda ford bmw audi mercedes volkswagen tesla porsche ferrari mustang chevrolet nissan mazda subaru jeep volvo fiat
brand: nike adidas puma gucci apple samsung sony toyota honda ford
food: pizza pasta bread rice noodle soup salad sandwich burger steak chicken fish sushi taco curry egg cheese vegetable fruit cake cookie chocolate icecream pancake lasagna
meal: breakfast lunch dinner supper brunch
dish: pasta lasagna curry soup stew salad pizza paella risotto roast casserole sushi taco
cuisine: italian french mexican chinese japanese indian thai greek spanish korean vietnamese
dessert: cake pie cookie brownie icecream pudding cheesecake tart muffin cupcake chocolate pastry
baked: cake pie cookie bread muffin cupcake pastry brownie
bake: cake pie cookie bread muffin cupcake pastry brownie
fruit: apple banana orange strawberry blueberry raspberry peach pear grape mango pineapple lemon cherry melon
vegetable: tomato carrot potato onion pepper lettuce spinach broccoli cucumber bean pea pumpkin kale
plant: rose tulip sunflower lily orchid daisy cactus fern basil tomato succulent
flower: rose tulip sunflower lily orchid daisy lavender dahlia
drink: coffee tea water juice wine beer soda milk smoothie lemonade whiskey
ingredient: flour sugar butter egg milk salt garlic onion cheese chocolate vanilla
snack: popcorn chip nut cookie cracker fruit candy
color: red blue green yellow orange purple pink black white brown gray gold silver turquoise
clothes: shirt dress skirt jeans jacket coat sweater shoe boot hat scarf glove suit
jewelry: necklace ring bracelet earring pendant watch
item: book photo painting necklace ring shoe clothes toy mug bowl cup watch bag lamp figurine
gift: book necklace ring flower toy chocolate card watch
object: bowl cup vase necklace statue figurine
craft: pottery knitting sewing crochet woodworking origami jewelry candle
art: painting drawing sculpture photography pottery sketch mural watercolor portrait
artwork: painting drawing sculpture portrait landscape mural sketch
material: wood metal glass clay paper cotton leather plastic stone
job: teacher nurse doctor engineer lawyer chef waiter driver artist writer designer programmer accountant manager counselor mechanic banker barista cashier firefighter police
career: teacher nurse doctor engineer lawyer chef artist writer designer programmer counselor psychologist acting modeling
occupation: teacher nurse doctor engineer lawyer chef artist writer designer programmer actor
profession: teacher nurse doctor engineer lawyer chef artist writer designer programmer actor
subject: math science history biology chemistry physics english literature economics psychology philosophy
degree: engineering law medicine biology economics psychology philosophy business bachelor master phd
field: engineering law medicine psychology education art science business counseling technology
relative: mother father brother sister cousin aunt uncle grandmother grandfather nephew niece
family: mother father brother sister son daughter husband wife cousin aunt uncle grandmother grandfather
relationship: single married divorced engaged dating boyfriend girlfriend husband wife
status: single married divorced engaged dating
gender: man woman transgender
religion: christian catholic muslim jewish buddhist hindu church mosque synagogue temple
holiday: christmas easter thanksgiving halloween hanukkah birthday newyear
event: wedding birthday party concert festival conference parade race workshop meeting fair graduation fundraiser show
celebration: birthday wedding anniversary party graduation
competition: tournament race marathon contest match championship
class: yoga pottery painting cooking dance art
course: yoga pottery painting cooking art
injury: ankle knee back shoulder wrist sprain fracture broken
illness: cancer flu diabetes asthma covid pneumonia
condition: asthma diabetes allergy arthritis anxiety depression
allergy: peanut nut pollen dust dairy shellfish gluten cat dog
symptom: pain fever cough headache nausea rash
health: heart blood weight diet doctor hospital pain
emotion: happy sad angry afraid proud excited anxious lonely grateful
instructor: teacher coach trainer
weather: rain snow storm sun wind fog
season: spring summer autumn winter
weekday: monday tuesday wednesday thursday friday saturday sunday
month: january february march april may june july august september october november december
language: english spanish french german italian portuguese russian chinese japanese korean arabic hindi turkish
nationality: american british french german italian spanish chinese japanese indian mexican swedish
social: instagram facebook twitter youtube tiktok
platform: youtube twitch instagram facebook twitter tiktok blog
media: instagram facebook twitter youtube tiktok newspaper television
furniture: sofa couch table chair desk bed lamp shelf bookshelf
tool: hammer drill saw screwdriver
charity: homeless hospital children animal shelter food
cause: homeless environment animal children education veteran
organization: charity club church shelter foundation
`)

/** Terms that any question may have and that tell little of what it is about. */
export const WEAK = termsOf(`
  kind type sort form many name say do like get go thing stuff way want use long time different recent recently current currently
  specific particular share mention describe talk plan think according various related regarding become
`).join(' ')

function termsOf(line: string): string[] {
  return [
    ...new Set(
      line
        .trim()
        .split(/\s+/)
        .flatMap((word) => termOf(word, 'en') ?? [])
    )
  ]
}

function linesOf(text: string): string {
  return `\n${text
    .trim()
    .split('\n')
    .map((line) => ` ${termsOf(line).join(' ')} `)
    .join('\n')}\n`
}

function kindsOf(text: string): string {
  const kinds = text
    .replace(/\n {2}/g, ' ')
    .trim()
    .split('\n')
    .map((line) => {
      const [kind = '', members = ''] = line.split(':')
      return `${termOf(kind.trim(), 'en') ?? ''}: ${termsOf(members).join(' ')}`
    })
  return `\n${kinds.join('\n')}\n`
}
