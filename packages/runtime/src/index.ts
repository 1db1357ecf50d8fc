// The public API of @kingly/runtime: abilities that come from outside. Test doubles are at ./testing.
export { createSystemClock } from "./clock.ts";
export type { Clock, Timer } from "./clock.ts";
export { createIds } from "./ids.ts";
export type { Ids } from "./ids.ts";
export { createLog, createSilentLog } from "./log.ts";
export type { Log, LogEntry, LogFields, LogLevel } from "./log.ts";
export { createSystemRandom } from "./random.ts";
export type { Random } from "./random.ts";
