import { createManualClock, createMemoryLog } from "@kingly/runtime/testing";
import type { ManualClock, MemoryLog } from "@kingly/runtime/testing";
import { createBatcher } from "../src/index.ts";
import type {
  Batcher,
  BatcherOptions,
  Operation,
  Outcome,
  ToolCall,
  ToolCaller,
  ToolCallOptions,
  ToolResult,
} from "../src/index.ts";

/** One call that a test can end as it likes. */
export interface ScriptedCall {
  readonly call: ToolCall;
  readonly options: ToolCallOptions;
  answer(result?: Partial<ToolResult>): void;
  fail(cause: unknown): void;
}

/** A caller whose calls wait for the test. */
export const createScriptedCaller = (): ToolCaller & { readonly calls: ScriptedCall[] } => {
  const calls: ScriptedCall[] = [];
  return {
    calls,
    callTool(call, options) {
      const { promise, resolve, reject } = Promise.withResolvers<ToolResult>();
      calls.push({
        call,
        options,
        answer: (result = {}) => resolve({ content: [{ type: "text", text: call.tool }], isError: false, ...result }),
        fail: reject,
      });
      return promise;
    },
  };
};

/** A batcher over a scripted caller, with what moves it. */
export interface TestBatcher {
  readonly clock: ManualClock;
  readonly log: MemoryLog;
  readonly caller: ReturnType<typeof createScriptedCaller>;
  readonly batcher: Batcher;
  readonly add: (operation?: Partial<Operation>) => Promise<Outcome>;
  /** Lets everything happen that needs no time. */
  readonly settle: () => Promise<void>;
  /** The tools called so far, in order. */
  readonly tools: () => string[];
}

/** Fresh everything for one test. */
export const setUp = (options: BatcherOptions = {}): TestBatcher => {
  const clock = createManualClock();
  const log = createMemoryLog();
  const caller = createScriptedCaller();
  const batcher = createBatcher({ caller, clock, log }, options);
  const add = (operation: Partial<Operation> = {}): Promise<Outcome> =>
    batcher.add({ server: "files", tool: "look", args: {}, kind: "write", ...operation });
  const settle = (): Promise<void> => clock.advanceAsync(0);
  const tools = (): string[] => caller.calls.map(({ call }) => call.tool);
  return { clock, log, caller, batcher, add, settle, tools };
};
