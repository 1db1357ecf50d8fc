import { Worker } from "node:worker_threads";
import type { Clock, Timer } from "@kingly/runtime";
import type { JournalStore } from "./journal-store.ts";
import type { JournalRequest, JournalResponse } from "./journal-worker.ts";

type Promised<T> = T extends (...parameters: infer P) => infer R ? (...parameters: P) => Promise<Awaited<R>> : never;

/** The journal as the gateway sees it: the store's operations, each a promise, run in a worker. */
export type Journal = { readonly [K in keyof JournalStore]: Promised<JournalStore[K]> };

/** The journal could not do what was asked; `code` is the database's (FULL, IO, READ_ONLY, ...) or GONE. */
export class JournalError extends Error {
  override readonly name = "JournalError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** How long a list of calls gathers while people say much at once, and how many calls are much. */
const gatherMs = 3;
const muchAtOnce = 4;

/** How long a call that nobody waits for stays before it goes alone. Mostly another one takes it along. */
const settleWithinMs = 50;

interface Pending {
  resolve(value: unknown): void;
  reject(error: JournalError): void;
}

const isWaitedFor = ({ operation }: JournalRequest): boolean => operation !== "settle";

/** Opens the journal in a worker thread. Rejects with what to do when its file cannot be used.
 *
 * `onGone` is told once when the thread ends by itself: nothing can be kept from then on, every call is GONE. */
export async function openJournal(
  deps: { readonly clock: Clock },
  options: { readonly path: string; readonly nowMs: number },
  onGone: (error: JournalError) => void = () => {},
): Promise<Journal> {
  const worker = new Worker(new URL("./journal-worker.ts", import.meta.url), { workerData: options });
  let isOpen = false;
  const pending = new Map<number, Pending>();
  let lastNumber = 0;
  let gone: JournalError | undefined;

  let requests: JournalRequest[] = [];
  let sentCalls = 0;
  // The opening is the first call.
  let atWork = 1;
  let isPosting = false;
  let settling: Timer | undefined;

  const opened = new Promise<unknown>((resolve, reject) => void pending.set(0, { resolve, reject }));
  worker.on("message", (responses: readonly JournalResponse[]) => {
    for (const response of responses) {
      const waiting = pending.get(response.number);
      pending.delete(response.number);
      if (response.ok) waiting?.resolve(response.value);
      else waiting?.reject(new JournalError(response.code, response.message));
    }
    atWork -= responses.length;
    if (requests.some(isWaitedFor)) postSoon();
    else settleSoon();
  });
  const lose = (why: string): void => {
    if (gone !== undefined) return;
    gone = new JournalError("GONE", `The journal stopped: ${why}. Start the gateway again.`);
    for (const waiting of pending.values()) waiting.reject(gone);
    pending.clear();
    if (isOpen) onGone(gone);
  };
  worker.on("error", (error) => lose(error instanceof Error ? error.message : "unknown"));
  worker.on("exit", () => lose("its thread ended"));

  const post = (): void => {
    isPosting = false;
    settling?.cancel();
    settling = undefined;
    atWork += requests.length;
    sentCalls = requests.length;
    worker.postMessage(requests);
    requests = [];
  };
  // A message between threads costs 20 to 40 us whatever it holds, and a commit its fsync. So one list at a time is at
  // work, and while lists hold several calls, each gathers a little longer: who is alone waits for nobody.
  const postSoon = (): void => {
    if (isPosting || atWork > 0) return;
    isPosting = true;
    if (sentCalls >= muchAtOnce) deps.clock.setTimer(gatherMs, post);
    else setImmediate(post);
  };
  // That the back has something is forgotten by nobody: the back answers the same again.
  const settleSoon = (): void => {
    if (requests.length === 0) return;
    settling ??= deps.clock.setTimer(settleWithinMs, () => {
      settling = undefined;
      postSoon();
    });
  };
  const call =
    (operation: keyof JournalStore) =>
    (...parameters: readonly unknown[]): Promise<unknown> =>
      new Promise((resolve, reject) => {
        if (gone !== undefined) return reject(gone);
        lastNumber += 1;
        pending.set(lastNumber, { resolve, reject });
        const request = { number: lastNumber, operation, parameters };
        requests.push(request);
        if (isWaitedFor(request)) postSoon();
        else settleSoon();
        return undefined;
      });

  await opened;
  isOpen = true;
  const close = call("close") as Journal["close"];
  return {
    contents: call("contents") as Journal["contents"],
    record: call("record") as Journal["record"],
    refine: call("refine") as Journal["refine"],
    settle: call("settle") as Journal["settle"],
    append: call("append") as Journal["append"],
    restart: call("restart") as Journal["restart"],
    read: call("read") as Journal["read"],
    answers: call("answers") as Journal["answers"],
    probe: call("probe") as Journal["probe"],
    async close() {
      isOpen = false;
      try {
        await close();
      } catch (thrown) {
        // The thread's end can be told before its last answer; it ends by itself only once the file is closed.
        if (thrown !== gone) throw thrown;
      }
    },
  };
}
