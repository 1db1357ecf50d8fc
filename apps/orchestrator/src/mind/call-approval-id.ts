import type { Reader } from "@kingly/store";
import type { Back } from "../back.ts";
import type { CallStep, Work } from "./work.ts";

const hashDigits = 16;

/** The id by which a person decides about a call: the task, the call, and 16 digits of the hash of the tool and exactly the
 * arguments that are shown. [O23][O45] */
export function callApprovalId(taskId: string, { seq, hash }: Pick<CallStep, "seq" | "hash">): string {
  return `${taskId}.${seq}.${hash.slice(0, hashDigits)}`;
}

/** Finds the call that an id decides; undefined when nothing that waits has this id. */
export function findAskedCall(
  back: Back,
  workspaceId: string,
  id: string,
  reader?: Reader,
): { readonly work: Work; readonly call: CallStep } | undefined {
  const [, taskId = "", seq = ""] = /^(.+)\.(\d{1,9})\.[0-9a-f]{16}$/.exec(id) ?? [];
  const { works } = back.mind;
  const work = taskId === "" ? undefined : works.get(workspaceId, taskId, reader);
  const call = work === undefined ? undefined : works.call(work, Number(seq), reader);
  if (work === undefined || call?.state !== "asked" || callApprovalId(taskId, call) !== id) return undefined;
  return { work, call };
}
