// The journal's thread: it owns the gateway's SQLite file. Calls come in lists, and what they came to goes back in lists.
import { parentPort, workerData } from "node:worker_threads";
import { isDatabaseError } from "@kingly/sqlite";
import { openJournalStore } from "./journal-store.ts";
import type { JournalStore } from "./journal-store.ts";

/** One call of the journal: the operation, its arguments, and the number that the answer carries. */
export interface JournalRequest {
  readonly number: number;
  readonly operation: keyof JournalStore;
  readonly parameters: readonly unknown[];
}

/** The answer to one call. */
export type JournalResponse =
  | { readonly number: number; readonly ok: true; readonly value: unknown }
  | { readonly number: number; readonly ok: false; readonly code: string; readonly message: string };

const { path, nowMs } = workerData as { readonly path: string; readonly nowMs: number };
const port = parentPort;
if (port === null) throw new Error("The journal's worker was started without a parent.");

const refuse = (number: number, thrown: unknown): JournalResponse => ({
  number,
  ok: false,
  code: isDatabaseError(thrown) ? thrown.code : "INTERNAL",
  message: thrown instanceof Error ? thrown.message : "unknown",
});

try {
  const store = await openJournalStore(path, nowMs);
  const call = async (request: JournalRequest): Promise<JournalResponse> => {
    try {
      // The request comes from our own thread, typed by `Journal`.
      const operation = store[request.operation] as (...parameters: readonly unknown[]) => unknown;
      return { number: request.number, ok: true, value: await operation(...request.parameters) };
    } catch (thrown) {
      return refuse(request.number, thrown);
    }
  };
  let responses: JournalResponse[] = [];
  const answer = (response: JournalResponse): void => {
    // Calls that shared a commit end in the same turn, and their callers hear of it in one message.
    if (responses.push(response) > 1) return;
    setImmediate(() => {
      port.postMessage(responses);
      responses = [];
    });
  };
  port.on("message", (requests: readonly JournalRequest[]) => {
    for (const request of requests) {
      void call(request).then((response) => {
        if (request.operation !== "close") return answer(response);
        port.postMessage([...responses, response]);
        responses = [];
        return port.close();
      });
    }
  });
  port.postMessage([{ number: 0, ok: true, value: null }] satisfies readonly JournalResponse[]);
} catch (thrown) {
  port.postMessage([refuse(0, thrown)]);
  port.close();
}
