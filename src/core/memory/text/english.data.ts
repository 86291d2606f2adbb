import {porter} from './porter.ts'

/**
 * English function words and fillers, which say nothing about what a memory is about. Lower case, without apostrophes
 * ("don't" arrives as "do" and "not").
 */
export const STOP_WORDS = words(`
  a an the this that these those such same other another each every both either neither some any all most more much less few own
  i me my mine myself we us our ours ourselves you your yours yourself yourselves u ur
  he him his himself she her hers herself it its itself they them their theirs themselves one ones
  am is are was were be been being do does did done doing have has had having ain
  will would shall should can could may might must ought wont cant dont didnt doesnt isnt arent wasnt werent couldnt wouldnt shouldnt
  and or but nor so yet if then else than as because while until unless though although whether
  of at by for with without about against between among into onto through during before after above below to from up down in out on off
  over under upon within along across around again further
  here there when where why how what which who whom whose
  not no only very too just also even still really quite rather ever never always already almost maybe perhaps
  s t d ll m re ve o y im ive id ill youre youve theyre thats whats lets let etc
  oh ah hey hi hello yeah yep yes nope wow ok okay um uh hmm haha lol well gonna wanna gotta
`)

/**
 * Irregular forms and everyday short forms to the term that stands for all of them: "went" and "gone" are "go", "kids" is "child".
 * Values are terms, that is stemmed.
 */
export const IRREGULAR: Record<string, string> = forms(`
  go: went gone goes going
  buy: bought
  bring: brought
  think: thought thoughts
  catch: caught
  teach: taught
  seek: sought
  fight: fought
  run: ran running
  swim: swam swum swimming
  sing: sang sung
  ring: rang rung
  drink: drank drunk
  sink: sank sunk
  shrink: shrank shrunk
  begin: began begun beginning
  write: wrote written writing
  drive: drove driven driving
  ride: rode ridden riding
  rise: rose risen
  arise: arose arisen
  speak: spoke spoken
  break: broke broken
  choose: chose chosen choice choices
  wake: woke woken
  take: took taken taking
  shake: shook shaken
  mistake: mistook mistaken
  give: gave given giving
  forgive: forgave forgiven
  get: got gotten getting
  forget: forgot forgotten
  eat: ate eaten
  see: saw seen
  know: knew known
  grow: grew grown growth
  throw: threw thrown
  blow: blew blown
  draw: drew drawn
  fly: flew flown flight flights
  wear: wore worn
  tear: tore torn
  bear: bore borne
  swear: swore sworn
  win: won winning winner winners
  make: made making
  say: said
  tell: told
  sell: sold sale sales
  hold: held
  keep: kept
  sleep: slept asleep
  sweep: swept
  weep: wept
  creep: crept
  feel: felt feeling feelings
  leave: left leaving
  meet: met meeting meetings
  lose: lost losing loss losses
  shoot: shot
  find: found
  build: built building
  send: sent
  spend: spent
  lend: lent
  bend: bent
  hear: heard
  lead: led
  feed: fed
  breed: bred
  bleed: bled
  flee: fled
  pay: paid payment payments
  lay: laid
  lie: lying lied
  stand: stood
  understand: understood
  come: came coming
  become: became becoming
  overcome: overcame
  hide: hid hidden
  bite: bit bitten
  slide: slid
  steal: stole stolen
  freeze: froze frozen
  fall: fell fallen
  sit: sat sitting
  spit: spat
  light: lit
  stick: stuck
  strike: struck
  dig: dug
  hang: hung
  swing: swung
  sting: stung
  spin: spun
  deal: dealt
  dream: dreamt
  learn: learnt
  burn: burnt
  spell: spelt
  mean: meant
  bind: bound
  grind: ground
  wind: wound
  show: shown
  sew: sewn
  prove: proven
  beat: beaten
  hurt: hurting
  die: dying died dead death deaths
  marry: marriage marriages
  child: children kid kids
  man: men
  woman: women
  person: people persons
  foot: feet
  tooth: teeth
  mouse: mice
  goose: geese
  ox: oxen
  wife: wives
  life: lives
  knife: knives
  shelf: shelves
  leaf: leaves
  loaf: loaves
  wolf: wolves
  half: halves
  calf: calves
  scarf: scarves
  thief: thieves
  hoof: hooves
  family: families
  criterion: criteria
  diagnosis: diagnoses
  analysis: analyses
  good: better best
  bad: worse worst badly
  far: farther furthest
  happy: happier happiest happiness
  mother: mom moms mum mums mommy mummy mama
  father: dad dads daddy papa
  grandmother: grandma grandmas granny nana
  grandfather: grandpa grandpas granddad
  brother: bro
  sister: sis
  photo: photos pic pics photograph photographs photography photographer
  phone: telephone cellphone smartphone
  television: tv tvs telly
  bicycle: bike bikes biking
  motorcycle: motorbike motorbikes
  refrigerator: fridge
  veterinarian: vet vets
  veteran: veterans
  doctor: dr doctors doc
  apartment: apartments apt
  laboratory: lab labs
  examination: exam exams
  advertisement: ad ads advert
  mathematics: math maths
  university: uni
  vacation: vacations vacay
  application: app apps
  automobile: auto
  favorite: favourite favourites fave favorites
  color: colour colours
  neighbor: neighbour neighbours
  neighborhood: neighbourhood
  theater: theatre theatres
  center: centre centres
  gray: grey
  january: jan
  february: feb
  august: aug
  september: sept sep
  october: oct
  november: nov
  december: dec
`)

function words(text: string): string {
  return text.trim().split(/\s+/).join(' ')
}

function forms(text: string): Record<string, string> {
  const map: Record<string, string> = {}
  for (const line of text.trim().split('\n')) {
    const [head = '', rest = ''] = line.split(':')
    const term = porter(head.trim())
    map[head.trim()] = term
    for (const form of rest.trim().split(/\s+/)) map[form] = term
  }
  return map
}
