import type { LanguageReplies } from "../language.ts";

const quote = (text: string): string => `“${text}”`;
const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** English sentences. Each is true when it is given: what will be asked for, what is known; never "done". [RX2] */
export const englishReplies: LanguageReplies = {
  heard: "I heard you. This needs a closer reading, so I pass it to the back.",
  backAway: "The back is not reachable right now: I keep this safely and send it when it is.",
  asLastHeard: "The back is not reachable right now, so this is what I last heard.",
  create: (title) => `I'll create the task ${quote(title)}.`,
  askTitle: "What should the task be called? Say for example: create a task to call the printer.",
  build: (title) => `I'll create ${quote(title)} and ask for it to be split into smaller tasks.`,
  plan: (name) => `I'll start the planning of ${quote(name)}.`,
  workflow: (name) => `I'll start the workflow ${quote(name)}.`,
  workflowUnknown: (names) =>
    names === "" ? "I know of no workflow yet." : `I know of no workflow by that name. I know: ${names}.`,
  split: (title) => `I'll ask for ${quote(title)} to be split into smaller tasks.`,
  remember: (value) => `Noted, I'll remember: ${value}`,
  askMemory: "What should I remember? Say for example: remember that I prefer tea.",
  told: (when, value) => `You told me ${when}: ${value}`,
  lookUp: (about) =>
    about === ""
      ? "I have nothing at hand, so I'll look in memory."
      : `I have nothing at hand about ${quote(about)}, so I'll look in memory.`,
  said: (when, text, reply) =>
    `${when} you said ${quote(text)}${reply === "" ? "" : `, and I answered ${quote(reply)}`}`,
  saidEarlier: (turns) => `Before that there were ${turns} more.`,
  lookUpConversation: (day) => `I have none of it at hand, so I'll load the conversation of ${day}.`,
  state: (title, status, percent) => `${quote(title)}: ${status}${percent === undefined ? "" : `, ${percent} %`}`,
  running: (things) => `${count(things, "thing")} in hand:`,
  nothingRunning: "Nothing is in hand, as far as I know.",
  tasks: (tasks) => `${count(tasks, "task")}:`,
  noTasks: "I know of no tasks.",
  noTasksOf: (status) => `I know of no ${status} tasks.`,
  andMore: (things) => `and ${things} more`,
  cancel: (title) => `I'll ask for ${quote(title)} to be cancelled.`,
  propose: (title) => `Do you mean ${quote(title)}? If so, say: cancel ${title}.`,
  proposeOffer: (text) => `Is this what you mean? ${text} Say yes, and I will.`,
  leftAlone: "All right, I leave it as it is.",
  undo: (title) => `I'll ask for that to be taken back: ${quote(title)}.`,
  nothingToUndo: "There is nothing of mine that I could take back.",
  tooLateToUndo: (title) =>
    `It is too late to take ${quote(title)} back in passing. If it is to stop, say: cancel ${title}.`,
  again: (reply) => `I said: ${reply}`,
  heardDue: (when) => `I heard you, and read the time as ${when}. I keep no times myself, so I pass it to the back.`,
  joke: "I have no jokes or stories to tell: I would only repeat what others made. I do keep your tasks, if that helps.",
  nothingToCancel: "Nothing is in hand that could be cancelled, as far as I know.",
  retry: (title) => `I'll ask for ${quote(title)} to be tried again.`,
  nothingFailed: "Nothing has failed, as far as I know.",
  ambiguous: (names) => `Which one do you mean: ${names}?`,
  noMatch: (words) => `I know of nothing that is called ${quote(words)}. What is its title?`,
  noneActive: (words) =>
    `I know of nothing called ${quote(words)} for which that is possible now. Which one do you mean?`,
  help:
    "You can say: create auth system. Build a complete shop. Plan project Atlas for web and mobile. Split the auth task. " +
    "List my tasks. Status. Cancel the auth task. Retry the failed one. Remember that I prefer tea. What do I prefer? " +
    "What did we discuss? Anything else I pass to the back.",
  greeting: "Hello! What would you like to get done?",
  howAreYou: "I'm a program, so I have no good or bad days, but it is kind of you to ask. What can I take on for you?",
  whoAreYou:
    "I'm Kingly, a program. I answer at once what I understand, and pass work to the back, which has the time for it.",
  thanks: "You're welcome!",
  bye: "Goodbye! See you next time.",
  today: (clock) => `today at ${clock}`,
  yesterday: (clock) => `yesterday at ${clock}`,
  onDay: (day, month, year, clock) => `on ${day} ${month}${year === undefined ? "" : ` ${year}`} at ${clock}`,
  quote,
};
