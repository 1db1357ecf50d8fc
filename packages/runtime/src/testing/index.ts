// The test doubles of @kingly/runtime.
export { createManualClock } from "./manual-clock.ts";
export type { ManualClock } from "./manual-clock.ts";
export { createMemoryLog } from "./memory-log.ts";
export type { MemoryLog } from "./memory-log.ts";
export { createSeededRandom } from "./seeded-random.ts";
