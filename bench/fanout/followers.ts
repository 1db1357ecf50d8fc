// Many followers in one process: tells, for each event, how long it took until the last of them had it.
import { createFollower } from "./open-follower.ts";
import type { FollowedKind, Told } from "./open-follower.ts";

const plan = JSON.parse(process.argv[2] ?? "{}") as {
  readonly kind: FollowedKind;
  readonly host: string;
  readonly token: string;
  readonly workspace: string;
  readonly followers: number;
};
/** Per event: how many have it. */
const heard = new Map<number, number>();
const waits: number[] = [];
const nowAs = plan.kind === "gateway" ? () => Date.now() : () => Number(process.hrtime.bigint());
const toMs = plan.kind === "gateway" ? 1 : 1e-6;

const onEvent = ({ n, at }: Told): void => {
  const count = (heard.get(n) ?? 0) + 1;
  heard.set(n, count);
  if (count === plan.followers) waits.push((nowAs() - at) * toMs);
};
for (let number = 0; number < plan.followers; number += 1) {
  await (await createFollower({ ...plan, onEvent })).come();
}
process.on("message", () => {
  process.send?.({ waits, missing: [...heard.values()].filter((count) => count !== plan.followers).length });
});
process.send?.({ ready: true });
process.on("disconnect", () => process.exit(0));
