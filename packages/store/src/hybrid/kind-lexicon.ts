// What everyday English words name a kind of: names of the kind, then things of it. Written for this package by hand, from
// general knowledge; taken from no dictionary.
const lines = `
activity hobby pastime interest leisure: paint draw read write swim hike camp fish garden cook bake knit sew dance run jog cycle ski surf skate climb yoga chess game puzzle movie music guitar piano travel picnic woodwork collect
animal creature wildlife: dog cat horse cow pig sheep goat chicken duck goose rabbit hamster mouse rat squirrel deer bear wolf fox lion tiger elephant giraffe zebra monkey gorilla panda koala kangaroo snake lizard frog fish shark whale dolphin seal otter bird parrot eagle owl hawk penguin bee butterfly spider insect puppy kitten donkey camel hedgehog crab
appliance: oven fridge dishwasher microwave toaster blender vacuum kettle dryer
art craft artwork: paint draw sketch sculpture ceramic mural portrait photograph print collage canvas watercolor knit sew embroider quilt weave
award achievement accomplishment: medal trophy prize certificate degree won graduate promotion
band artist musician singer: concert song album gig band singer drummer perform tour stage music
bird: parrot eagle owl hawk penguin robin sparrow crow raven pigeon dove swan duck goose seagull hummingbird peacock finch heron stork
book novel author: read novel story trilogy fiction memoir biography poem poetry chapter library fantasy mystery thriller series author
building: house church school hospital library museum castle tower office shop store barn
car: ford toyota honda bmw mercedes audi tesla prius volkswagen nissan chevrolet sedan suv truck convertible
child kid: son daughter baby toddler boy girl
city: paris london rome berlin madrid barcelona lisbon vienna prague amsterdam dublin oslo stockholm athens moscow istanbul cairo dubai mumbai delhi tokyo kyoto seoul beijing shanghai bangkok singapore sydney melbourne toronto vancouver montreal chicago boston seattle miami denver austin dallas houston atlanta york francisco angeles vegas
clothes clothing outfit garment: shirt pants jeans dress skirt jacket coat sweater hoodie hat shoes boots socks scarf gloves suit tie shorts blouse
color colour: red blue green yellow orange purple pink black white brown gray grey gold silver
competition contest tournament: race match championship final trophy medal prize won
country nation: america england france germany italy spain portugal greece sweden norway denmark finland poland russia china japan korea india thailand vietnam indonesia australia canada mexico brazil argentina chile peru egypt morocco kenya nigeria turkey israel ireland scotland wales netherlands belgium switzerland austria ukraine iceland zealand
currency money: dollar euro pound yen franc
dance: ballet salsa tango waltz hiphop contemporary tap swing
dessert sweet pastry treat: cake pie cookie brownie cupcake tart pudding cream chocolate candy donut muffin cheesecake pastry croissant macaron custard fudge
device: phone laptop tablet computer camera headphones television console printer speaker
disaster: flood fire earthquake hurricane storm tornado accident
drink beverage: water coffee tea juice milk beer wine cocktail soda lemonade smoothie whiskey rum vodka champagne cocoa latte espresso cider
emotion feeling mood: happy sad angry afraid scared proud excited nervous anxious grateful thankful lonely relieved disappointed upset joy fear love surprised calm jealous overwhelmed frustrated
event celebration occasion gathering: party wedding birthday festival concert fair exhibition ceremony graduation anniversary reunion meeting race marathon show competition fundraiser gala rally
exercise workout fitness: yoga pilates run jog swim cycle lift weight gym aerobics boxing stretch squat pushup treadmill cardio crossfit hike marathon climb
family relative: mother father mom dad mum parent brother sister son daughter child baby grandma grandpa grandmother grandfather aunt uncle cousin nephew niece husband wife
festival holiday: christmas easter thanksgiving halloween diwali hanukkah ramadan carnival
fish: salmon tuna trout cod carp goldfish shark herring
flower plant: rose tulip lily daisy sunflower orchid violet lavender tree cactus fern ivy succulent basil
food dish meal cuisine snack: bread rice pasta pizza burger sandwich soup salad stew curry taco sushi steak chicken fish beef pork lamb cheese egg bacon noodle dumpling lasagna omelette pancake waffle cake pie cookie chocolate fruit vegetable potato tofu shrimp salmon sausage cereal yogurt popcorn chips hummus burrito casserole roast grill barbecue
footwear: boot sneaker sandal slipper heel shoe
fruit: apple banana orange lemon lime grape strawberry blueberry raspberry cherry peach pear plum mango pineapple melon watermelon kiwi coconut avocado apricot fig
furniture: chair table sofa couch bed desk shelf lamp wardrobe dresser cabinet rug
game: chess poker checkers monopoly scrabble domino cards puzzle tournament console playstation xbox football soccer trivia
genre: fantasy mystery romance thriller horror comedy drama science fiction documentary action adventure biography history
illness disease sickness condition ailment: flu cold fever cough cancer diabetes asthma allergy headache migraine infection injury arthritis anxiety depression stroke pneumonia
injury: broke sprain ankle wrist knee wound fracture accident hurt burn
insect bug: bee ant butterfly moth beetle mosquito wasp spider cockroach ladybug dragonfly fly cricket
instrument: guitar piano violin cello viola drum flute clarinet saxophone trumpet trombone harp ukulele banjo harmonica keyboard organ bass accordion mandolin
jewelry accessory: ring bracelet earring watch brooch pendant
job career profession occupation work: teacher doctor nurse lawyer engineer programmer developer designer chef cook waiter manager accountant banker scientist writer journalist artist actor musician police firefighter soldier pilot driver mechanic electrician plumber carpenter farmer dentist therapist counselor psychologist librarian architect clerk intern salesman barista
language: english french german spanish italian portuguese russian chinese japanese korean arabic hindi
material fabric: wood metal glass cotton silk wool leather plastic paper clay stone
meal: breakfast lunch dinner supper brunch
metal: gold silver iron steel copper brass bronze aluminum
movie film show: watch cinema comedy drama thriller horror documentary trilogy series episode actor director screen sequel cartoon
music genre: rock jazz blues classical pop country folk reggae metal punk rap opera techno disco indie soul concert band song album orchestra
nature outdoors landscape: mountain forest lake river ocean sea beach waterfall desert canyon hill valley tree flower sky meadow trail hike camp
pal partner spouse: husband wife boyfriend girlfriend fiance marry wedding
parent: mother father mom dad mum
pet: dog cat puppy kitten hamster rabbit bunny parrot budgie canary goldfish fish lizard gecko snake ferret horse pony guinea retriever terrier labrador poodle spaniel
place location destination: city town village country beach park lake river mountain forest island museum desert castle church temple market restaurant cafe hotel airport station school university library stadium zoo
planet: mercury venus earth mars jupiter saturn
pollution weather: rain snow storm sun wind fog hail thunder lightning hurricane flood heat frost tornado
recipe: cake pie cookie soup salad stew curry pasta bread bake cook roast grill dish ingredient flour sugar butter casserole lasagna
relation: mother father brother sister husband wife son daughter cousin aunt uncle
religion faith: christian catholic protestant muslim jewish buddhist hindu sikh church temple mosque synagogue
reptile: snake lizard gecko crocodile alligator turtle tortoise chameleon iguana
room: kitchen bedroom bathroom office garage basement attic studio
school: college university kindergarten academy campus class
season: spring summer autumn fall winter
shape: circle square triangle star heart
shop store: bakery supermarket bookstore pharmacy boutique mall
sibling: brother sister twin
spice herb: basil oregano cinnamon pepper ginger turmeric cumin paprika mint parsley thyme rosemary
sport: football soccer basketball baseball tennis golf hockey volleyball rugby cricket badminton swim run cycle ski snowboard skate surf box wrestle karate judo gymnastics marathon triathlon climb row sail fence archery bowling
state: california texas florida oregon washington nevada arizona colorado utah montana ohio michigan illinois indiana georgia virginia carolina alabama tennessee kentucky minnesota wisconsin alaska hawaii massachusetts pennsylvania vermont maine
subject: mathematics physics chemistry biology history geography economics philosophy psychology law medicine literature
time: morning afternoon evening night noon midnight
tool device gadget equipment: phone laptop computer tablet camera printer headphones monitor keyboard speaker drill hammer saw controller
toy: doll lego teddy puzzle ball kite
trait personality attribute quality character: kind honest brave caring patient loyal generous creative ambitious shy funny supportive determined
tree: oak pine maple birch willow palm cedar cherry
trip travel vacation holiday journey: visit fly flight drive hotel beach camp tour abroad cruise resort train airport passport
vegetable: carrot potato tomato onion garlic lettuce spinach kale broccoli cabbage pepper cucumber corn pea bean mushroom pumpkin zucchini celery eggplant
vehicle transport: car truck bus train bike bicycle motorcycle scooter boat ship plane van tram taxi subway helicopter jeep
weapon: gun knife sword rifle bow
`;

/** Kinds of things: the words that name the kind, and words that name a thing of it. A word may stand in several. */
export const kindLexicon: readonly { readonly names: string; readonly things: string }[] = lines
  .trim()
  .split("\n")
  .map((line) => {
    const [names = "", things = ""] = line.split(": ");
    return { names, things };
  });
