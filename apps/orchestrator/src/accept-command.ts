// Step 3 of the walk: a command is parsed, checked, and accepted in ONE unit {dedupe by cid, state, event, job}.
import { parseCommand } from "@kingly/codec";
import type { Command } from "@kingly/codec";
import type { Unit } from "@kingly/sqlite";
import { isStoreError } from "@kingly/store";
import type { Cause, Origin } from "@kingly/store";
import { acceptAmend } from "./accept/accept-amend.ts";
import { acceptApprove } from "./accept/accept-approve.ts";
import { acceptCancel } from "./accept/accept-cancel.ts";
import { acceptContextLoad } from "./accept/accept-context-load.ts";
import { acceptMemoryStore } from "./accept/accept-memory-store.ts";
import { acceptRetry } from "./accept/accept-retry.ts";
import { acceptTaskCreate, taskIdOf } from "./accept/accept-task-create.ts";
import { acceptTaskSplit } from "./accept/accept-task-split.ts";
import { acceptUtterance } from "./accept/accept-utterance.ts";
import { acceptWorkflowStart } from "./accept/accept-workflow-start.ts";
import type { Accepting, Acceptor, CommandRefusal } from "./accept/accepting.ts";
import type { Back } from "./back.ts";

/** A command as it arrived: its line, and the turn it belongs to. */
export interface SaidCommand {
  readonly cid: string;
  readonly line: string;
  readonly origin: Origin;
  readonly turnId?: string;
  /** The cid of the task that the turn creates, if it does. */
  readonly autoCid?: string;
}

/** What became of it. `refused` is an answer too: it stands in the log as `er#cid:`. */
export type Acceptance =
  | { readonly ok: true; readonly result: "accepted" | "refused" | "repeat" }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string; readonly hint: string } };

const acceptors: { readonly [Op in Command["op"]]: Acceptor<Op> } = {
  task_create: acceptTaskCreate,
  task_split: acceptTaskSplit,
  workflow_start: acceptWorkflowStart,
  context_load: acceptContextLoad,
  memory_store: acceptMemoryStore,
  utterance: acceptUtterance,
  cancel: acceptCancel,
  amend: acceptAmend,
  approve: acceptApprove,
  retry: acceptRetry,
};

/** Creates the step. A repeat of a cid changes nothing, after any crash; the same cid with another line is refused. [O1] */
export function createAcceptCommand(back: Back): (workspaceId: string, said: SaidCommand) => Promise<Acceptance> {
  return async (workspaceId, said) => {
    try {
      return await back.database.write((unit) => acceptIn(back, unit, workspaceId, said));
    } catch (thrown) {
      if (!isStoreError(thrown)) throw thrown;
      // A value that no row may hold: the unit was taken back, the refusal stands instead.
      const refusal = { code: "bad_value", message: thrown.message, recovery: "Say it with other or shorter values." };
      return back.database.write((unit) => {
        const known = back.store.commands.accept(unit, workspaceId, said.cid, said.line);
        if (known === "new") refuse(back, unit, workspaceId, causeOf(said), said.cid, refusal);
        return { ok: true, result: "refused" };
      });
    }
  };
}

/** Accepts inside a unit that the caller has: for commands that a job gives. */
export function acceptIn(back: Back, unit: Unit, workspaceId: string, said: SaidCommand): Acceptance {
  back.store.workspaces.ensure(unit, { id: workspaceId });
  const known = back.store.commands.accept(unit, workspaceId, said.cid, said.line);
  if (known === "repeat") return { ok: true, result: "repeat" };
  if (known === "conflict") {
    const message = `The cid ${said.cid} was used for another line.`;
    return {
      ok: false,
      error: { code: "cid_reused", message, hint: "Derive the cid from the utterance and its ordinal." },
    };
  }
  const cause = causeOf(said);
  const parsed = parseCommand(said.line);
  if (!parsed.ok) {
    const { code, hint, at } = parsed.error;
    refuse(back, unit, workspaceId, cause, said.cid, {
      code,
      message: `The line cannot be read at character ${at}.`,
      recovery: hint,
    });
    return { ok: true, result: "refused" };
  }
  const accepting: Accepting = {
    back,
    unit,
    workspaceId,
    cid: said.cid,
    cause,
    turnId: said.turnId,
    autoTaskId: said.autoCid === undefined ? undefined : taskIdOf(said.autoCid),
  };
  const refusal = call(parsed.value, accepting);
  if (refusal !== undefined) refuse(back, unit, workspaceId, cause, said.cid, refusal);
  return { ok: true, result: refusal === undefined ? "accepted" : "refused" };
}

// The table pairs each op with its acceptor; the compiler cannot follow the pair through an index.
function call(command: Command, accepting: Accepting): CommandRefusal | undefined {
  return (acceptors[command.op] as Acceptor<Command["op"]>)(command, accepting);
}

function causeOf(said: SaidCommand): Cause {
  return { cid: said.cid, origin: said.origin, ...(said.turnId === undefined ? {} : { turnId: said.turnId }) };
}

function refuse(back: Back, unit: Unit, workspaceId: string, cause: Cause, cid: string, refusal: CommandRefusal): void {
  back.store.events.append(
    unit,
    workspaceId,
    { eventType: "error", entityType: "command", entityId: cid, payload: { ...refusal } },
    cause,
  );
}
