// Opens clients that say nothing, so that a server's memory for each can be read. Started by bench/reply/measure-memory.ts.
import { openVoice } from "./open-voice.ts";
import type { SideKind } from "./plan.ts";

const plan = JSON.parse(process.argv[2] ?? "{}") as {
  readonly kind: SideKind;
  readonly host: string;
  readonly token: string;
  readonly first: number;
  readonly clients: number;
  readonly workspaces: number;
};
for (let index = plan.first; index < plan.first + plan.clients; index += 1) {
  const workspace = `bench_${index % plan.workspaces}`;
  const { kind, host, token } = plan;
  await openVoice({ kind, host, token, index, workspace, onText: () => {}, onFault: () => {} });
}
process.send?.({ phase: "open" });
process.on("disconnect", () => process.exit(0));
