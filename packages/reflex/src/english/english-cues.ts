import type { LanguageCues } from "../language.ts";

const list = (words: string): readonly string[] => words.split(/\s+/).filter((word) => word !== "");

const own = list("my me i i've mine our we us am");
const plainlyKept = list(`todo todos to-do task tasks reminder reminders calendar agenda chores meeting meetings
  appointment appointments schedule remember`);
const kept = [
  ...plainlyKept,
  ...list(`list lists remind reminded event events scheduled birthday anniversary plans planned notification
    notifications item items notified date`),
];
const asking = list(`what when which where how is are am do did does have show tell read check give go repeat find see
  know count many describe recite open pull any who whats`);
const putting = list(`add put set create make remind reminded reminder schedule start new include mark open begin place
  remember need want let forget get note log reminders`);
const foreign = list(`song songs music playlist podcast contact contacts email emails order email text uber taxi train
  reservation bank card pto translate alarm`);
const underWay =
  list(`order orders package packages delivery delivered application applied flight request requested vacation
  day days purchase shipment food takeaway takeout pizza task tasks job jobs workflow workflows import export arrive
  arriving land dinner it everything things boarding board`);
const state =
  list(`status update updates track tracking arrive arrived arriving approved processed where when has have did
  is latest shipped delivered ready land landing boarding board progress pending through gotten going long longer check
  news time`);
const tongues = list("french spanish german italian english chinese japanese translate language say speak");

/** English words that speak for an intent. */
export const englishCues: LanguageCues = {
  "task.create": [{ rows: [kept, putting], without: [...foreign, "did", "ordered"] }],
  "task.query": [
    { rows: [plainlyKept, asking], without: [...foreign, "add", "set", "put"] },
    { rows: [kept, own, asking], without: [...foreign, "add", "put"] },
    {
      rows: [
        own,
        list("busy free planned plans doing going up"),
        list("today tomorrow week day tonight weekend between on"),
      ],
      without: foreign,
    },
    { rows: [list("list lists"), list("what what's read show tell display open view names items")], without: foreign },
  ],
  "task.remove": [
    {
      rows: [
        [...kept, ...list("it that this")],
        list(
          `remove delete cancel clear erase take cross rid scratch clean dismiss drop off strike wipe empty nix blank`,
        ),
      ],
      without: [...foreign, "add"],
    },
  ],
  "status.query": [{ rows: [underWay, state], without: ["card's", "left", "balance"] }],
  smalltalk: [
    {
      rows: [list("thanks thank appreciate appreciated grateful cheers")],
      without: [...tongues, "no", "send", "text", "email"],
    },
    { rows: [list("joke jokes funny trivia laugh")], without: ["play", "mean", "means"] },
    { rows: [list("fun interesting cool neat random"), list("fact facts something")], without: tongues },
    {
      rows: [list("meaning purpose point mean reason"), list("life existence exist living here existing")],
      without: [],
    },
    {
      rows: [
        list("you your yourself you're ai this"),
        list(`old age born birthday made make makes created creator create creators built build programmed programmer
          designed developed invented origin from hometown birthplace boss work works employer employed pet pets hobby
          hobbies fun feel feeling real human robot bot person computer company live grow raised parents cat cats dog dogs
          doing today call called exist alive fine okay well name named`),
      ],
      without: [...tongues, ...own, "change", "will", "be", "new", "set"],
    },
    {
      rows: [list("you your"), list("name hobbies pets boss age jokes")],
      without: [...tongues, "change", "will", "be", "new", "set", "use"],
    },
    {
      rows: [list("hello hi hey bye goodbye goodnight howdy greetings night morning later")],
      without: [...tongues, "alarm", "lights", "text", "weather", "email", "remind", "order"],
    },
    {
      rows: [
        list("good great nice wonderful awesome amazing useful helpful cool star hero rock smart"),
        list("job work one you you're that's that it's it talking chat chatting meeting"),
      ],
      without: [
        "restaurant",
        "restaurants",
        "place",
        "places",
        "movie",
        "time",
        "song",
        "response",
        "answer",
        "command",
      ],
    },
  ],
  "control.repeat": [
    {
      rows: [list("again repeat repeated once hear heard catch replay over said say more what reset missed")],
      without: ["song", "no", "not", "album", "track"],
    },
  ],
  "control.affirm": [
    {
      rows: [
        list(`yes yeah yep yeap yup right correct true exactly exact sure agree agreed perfect perfectly affirmative
          understood accurate okay ok correctly confirmed positive indeed course`),
      ],
      without: list("not false no maybe might untrue thanks what"),
    },
  ],
  "control.negate": [
    {
      rows: [
        list(`no not nope nah wrong incorrect false mistake never negative untrue incorrectly naw mistaken messed`),
      ],
      without: list("sure maybe idea again thanks"),
    },
  ],
  "control.cancel": [
    {
      rows: [
        list(`stop cancel quiet shut quit abort halt forget undo never nevermind end silence enough talking terminate
          discontinue that's scratch`),
      ],
      without: list("so fast card account bank payments reservation song music sync when lights"),
    },
  ],
  "memory.recall": [
    {
      rows: [list("name names call called refer remember recall told tell know saved stored"), list("me my mine")],
      without: list("you're prefer change people go"),
    },
  ],
  "memory.store": [
    {
      rows: [list("name call called calling refer remember note go prefer"), list("me my i")],
      without: list("what what's how who did do does is tell uber taxi"),
    },
    { rows: [list("name"), list("change"), list("my")], without: list("your") },
  ],
  help: [
    {
      rows: [
        list("you your i"),
        list(`can could ask help answer answers know knowledgeable knowledgable capable able subjects topics questions types kinds
          kind sorts type versed familiar`),
        list("what which how tell things stuff subjects kinds types topics questions anything"),
      ],
      without: list("my hobbies pets find into jokes"),
    },
  ],
};
