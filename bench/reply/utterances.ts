// What the load clients say: 20 % a task, 10 % something to remember, 50 % what is answered from local state (recall,
// status, lists, small talk), 20 % what the reflex does not understand and passes on.
const tasks = [
  "Create a landing page for store #",
  "create a backup script for server #",
  "please build a newsletter about chapter #",
  "fix the login bug in release #",
  "add a task: buy milk for week #",
  "write the API documentation of version #",
];
const memories = [
  "Remember that I prefer colour # for charts",
  "note that the office in street # closes at 18:00",
  "remember my locker number is #",
];
const answered = [
  "status?",
  "what is running?",
  "list my tasks",
  "What do I prefer?",
  "what is my locker number?",
  "what did we discuss yesterday?",
  "how is the landing page task going?",
  "hello",
  "thank you!",
  "what can you do?",
];
const passedOn = [
  "I wonder what the weather will be like in Lisbon when we get there on Thursday, seat #",
  "the customer in room # said the invoice looks odd to her",
  "if the numbers of quarter # are good we might think about a second shop",
  "compare the two offers from supplier # with what we paid last year",
];
// Ten places: two tasks, one memory, five answered here, two passed on.
const mix = [answered, tasks, answered, passedOn, answered, memories, answered, tasks, answered, passedOn] as const;

/** Returns the text of the message with this number: the same number always says the same. */
export function utterance(number: number): string {
  const kind = mix[number % mix.length] ?? answered;
  const text = kind[Math.floor(number / mix.length) % kind.length] ?? "status?";
  return text.replace("#", String(number % 997));
}

/** Tells whether a message makes a command for the orchestrator: a task or something to remember. */
export function makesCommand(number: number): boolean {
  const kind = mix[number % mix.length];
  return kind === tasks || kind === memories;
}
