import { emptyView } from "@kingly/reflex";
import type { Reflex, View } from "@kingly/reflex";

// One of each kind: what is asked, made, told, cancelled, timed, and not understood.
const lines = [
  "hello",
  "what can you do?",
  "what is running?",
  "list my tasks",
  "create a page to call the printer tomorrow at 9",
  "create login page",
  "remember that the rehearsal is over",
  "what did I say about the rehearsal?",
  "cancel the login page",
  "plan project Atlas for web and mobile",
  "give me a rundown of everything that is going on",
  "the lamp in the hall looks odd since yesterday",
] as const;

// V8 reads a regular expression the first time and compiles it the second.
const rounds = 2;

/** Has a reflex answer made-up words before people are answered by it, one in each turn of the event loop.
 *
 * What is called for the first time has to be compiled: the first reply to a time of day took 25 to 57 ms. [G30] */
export async function rehearse(
  reflex: Reflex,
  options: { readonly nowMs: number; readonly nextTurn: () => Promise<void> },
): Promise<void> {
  const task = { id: "task_rehearsal", title: "login page", status: "running", progress: 0.5, updatedAtMs: 0 } as const;
  const view: View = { ...emptyView, nowMs: options.nowMs, backConnected: true, tasks: [task] };
  for (let round = 0; round < rounds; round += 1) {
    for (const line of lines) {
      await options.nextTurn();
      reflex.answer(line, view);
    }
  }
}
