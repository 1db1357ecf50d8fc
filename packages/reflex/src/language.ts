/** The word lists a language brings. Words are lower case, one token each. */
export interface LanguageWords {
  /** Dropped at the beginning of a title and ignored when things are compared. */
  readonly articles: readonly string[];
  /** Carry no meaning of their own in a question or a memory. */
  readonly stops: readonly string[];
  /** Name a kind of thing, not one thing: task, workflow, run. */
  readonly kinds: readonly string[];
  /** Stand in the place of a name: one, thing. */
  readonly fillers: readonly string[];
  /** Point at something said before, or say too little to be a title: it, something, stuff. */
  readonly vague: readonly string[];
  /** Verbs of making, left out of a title: create, build. */
  readonly making: readonly string[];
  /** Verbs of working, kept in a title: fix, write. They need one of `workNouns`. */
  readonly working: readonly string[];
  readonly workNouns: readonly string[];
  /** Things other programs make (playlist, alarm): never a task of ours by themselves. */
  readonly foreign: readonly string[];
  /** Make something complete: complete, whole, entire. */
  readonly complete: readonly string[];
  /** What a complete thing may be: app, shop, platform. */
  readonly products: readonly string[];
  /** Conditions, reports, choices, changes of mind: a wish with one of them is not a plain wish. */
  readonly doubts: readonly string[];
  /** Times and repetitions, which the reflex does not read. */
  readonly times: readonly string[];
  /** Begin a condition or an imagined case: if, suppose. */
  readonly hypothetical: readonly string[];
  /** Tell what another person said: said, told, asked. */
  readonly reporting: readonly string[];
  readonly high: readonly string[];
  readonly low: readonly string[];
  readonly businessGrowth: readonly string[];
  readonly maintenance: readonly string[];
  readonly learning: readonly string[];
  readonly personal: readonly string[];
  /** Verbs of taste: prefer, like. */
  readonly liking: readonly string[];
  /** Begin a sentence about the person: I, my, we. */
  readonly mine: readonly string[];
  /** After "remember that": name an occasion, not a fact (time, day). */
  readonly occasions: readonly string[];
  /** Verbs of other wishes: cancel, send. */
  readonly acting: readonly string[];
  /** Join two wishes: and, also. */
  readonly joining: readonly string[];
  /** Part a thing from what it is: is, are. */
  readonly being: readonly string[];
  /** Verbs that make a sentence of words: a thing to be made has none. */
  readonly finite: readonly string[];
  readonly yesterday: readonly string[];
  /** What the assistant is called. */
  readonly names: readonly string[];
  readonly workflowWords: readonly string[];
  /** Words with which people ask how things stand, list, recall, ... : they name nothing themselves. */
  readonly statusTalk: readonly string[];
  readonly listTalk: readonly string[];
  readonly recallTalk: readonly string[];
  readonly conversationTalk: readonly string[];
  readonly actTalk: readonly string[];
  /** Part what is meant from what is said of it: a playlist for, an album in. */
  readonly prepositions: readonly string[];
  /** Behind a verb of making or working they make another verb of it, or a person its object: up, back, me. */
  readonly particles: readonly string[];
  readonly persons: readonly string[];
  /** Point at something that is there already: "make the report shorter" makes none. */
  readonly definite: readonly string[];
  /** Behind a comma they take the wish back: cancel that. */
  readonly withdrawing: readonly string[];
  /** Join a wish to the one before: also. */
  readonly alsoWords: readonly string[];
  /** Begin a new wish behind "and": create, cancel, what. */
  readonly starters: readonly string[];
  /** End in a full stop and end no sentence: dr, e.g. */
  readonly abbreviations: readonly string[];
}

/** The phrases a language brings, in the form that `createPhraseBook` reads. */
export interface LanguagePhrases {
  readonly leadIns: readonly string[];
  readonly requests: readonly string[];
  readonly tails: readonly string[];
  readonly negations: readonly string[];
  /** Negations that ask for something after all: do not forget. */
  readonly doubleNegations: readonly string[];
  readonly hypotheticals: readonly string[];
  readonly howTo: readonly string[];
  readonly create: readonly string[];
  readonly createNamed: readonly string[];
  readonly createBare: readonly string[];
  readonly build: readonly string[];
  readonly plan: readonly string[];
  readonly workflow: readonly string[];
  readonly split: readonly string[];
  readonly remember: readonly string[];
  readonly rememberMine: readonly string[];
  readonly rememberBare: readonly string[];
  readonly recall: readonly string[];
  readonly recallMine: readonly string[];
  readonly conversation: readonly string[];
  readonly statusAll: readonly string[];
  readonly statusOne: readonly string[];
  readonly list: readonly string[];
  readonly cancel: readonly string[];
  readonly cancelBare: readonly string[];
  readonly retry: readonly string[];
  readonly retryBare: readonly string[];
  readonly again: readonly string[];
  readonly yes: readonly string[];
  readonly no: readonly string[];
  readonly choose: readonly string[];
  readonly undo: readonly string[];
  /** Say that the last one was wrong: take it back when it was just given, else say no. */
  readonly notThat: readonly string[];
  /** Take the last command back only when it was just given: cancel that. */
  readonly stopThat: readonly string[];
  readonly repeat: readonly string[];
  /** Looser forms, tried only when the classifier is sure of the intent. */
  readonly createLoose: readonly string[];
  readonly rememberLoose: readonly string[];
  readonly rememberName: readonly string[];
  readonly help: readonly string[];
  readonly greeting: readonly string[];
  readonly howAreYou: readonly string[];
  readonly whoAreYou: readonly string[];
  readonly thanks: readonly string[];
  readonly bye: readonly string[];
}

/** Words that speak for a label of the classifier: one of each row stands there, and none of `without`. */
export interface LanguageCue {
  readonly rows: readonly (readonly string[])[];
  readonly without: readonly string[];
}

/** The cues of each label of the classifier: with one of them in an utterance it need be less sure. [RX18] */
export type LanguageCues = Readonly<Record<string, readonly LanguageCue[]>>;

/** Every sentence a reply is made of. A reply says what will be tried or what is known, never that it is done. [RX2] */
export interface LanguageReplies {
  readonly heard: string;
  readonly backAway: string;
  readonly asLastHeard: string;
  create(title: string): string;
  readonly askTitle: string;
  build(title: string): string;
  plan(name: string): string;
  workflow(name: string): string;
  workflowUnknown(names: string): string;
  split(title: string): string;
  remember(value: string): string;
  readonly askMemory: string;
  told(when: string, value: string): string;
  lookUp(about: string): string;
  said(when: string, text: string, reply: string): string;
  saidEarlier(count: number): string;
  lookUpConversation(day: string): string;
  state(title: string, status: string, percent: number | undefined): string;
  running(count: number): string;
  readonly nothingRunning: string;
  tasks(count: number): string;
  readonly noTasks: string;
  noTasksOf(status: string): string;
  andMore(count: number): string;
  cancel(title: string): string;
  propose(title: string): string;
  /** Asks for a yes to what an offer says. */
  proposeOffer(text: string): string;
  readonly leftAlone: string;
  undo(title: string): string;
  readonly nothingToUndo: string;
  tooLateToUndo(title: string): string;
  again(reply: string): string;
  heardDue(when: string): string;
  readonly joke: string;
  readonly nothingToCancel: string;
  retry(title: string): string;
  readonly nothingFailed: string;
  ambiguous(names: string): string;
  noMatch(words: string): string;
  noneActive(words: string): string;
  readonly help: string;
  readonly greeting: string;
  readonly howAreYou: string;
  readonly whoAreYou: string;
  readonly thanks: string;
  readonly bye: string;
  today(clock: string): string;
  yesterday(clock: string): string;
  onDay(day: number, month: string, year: number | undefined, clock: string): string;
  quote(text: string): string;
}

/** A language as data: what is heard in it and what is said in it. English is {@link english}. [RX16] */
export interface Language {
  /** BCP 47, for example `en`. */
  readonly tag: string;
  readonly months: readonly string[];
  /** A sign that its words are written with: a title without one is another language's. */
  readonly letter: RegExp;
  /** One written word to the words it stands for: `what's` to `what`, `is`. */
  readonly contractions: Readonly<Record<string, readonly string[]>>;
  /** Endings dropped when words are compared, longest first. */
  readonly endings: readonly string[];
  readonly words: LanguageWords;
  readonly phrases: LanguagePhrases;
  readonly cues: LanguageCues;
  readonly replies: LanguageReplies;
  /** A status word a person may use to the statuses it means. */
  readonly statuses: Readonly<Record<string, readonly string[]>>;
  /** "first" to 0, "second" to 1; "last" to -1. */
  readonly ordinals: Readonly<Record<string, number>>;
  /** The key under which the person's name is kept. */
  readonly nameKey: string;
  /** Words that show the kind of small talk. */
  readonly talkWords: Readonly<Record<string, readonly string[]>>;
  /** Statuses in which nothing will happen any more. */
  readonly endedStatuses: readonly string[];
  readonly failedStatuses: readonly string[];
}
