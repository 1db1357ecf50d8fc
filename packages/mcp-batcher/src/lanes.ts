/** The work of each server: first come, first begun, and never more than `limitOf(server)` at once. [M6] */
export interface Lanes<Item> {
  enter(server: string, item: Item): void;
  /** Takes out an item that has not begun. */
  withdraw(server: string, item: Item): void;
  /** What a server has to do: items that wait and items that run. */
  load(server: string): number;
}

interface Lane<Item> {
  readonly waiting: Set<Item>;
  running: number;
}

/** Creates lanes. `run` must never reject; `onFree` is told after each end, when the next items have begun. */
export function createLanes<Item>(
  limitOf: (server: string) => number,
  run: (item: Item) => Promise<void>,
  onFree: (server: string) => void,
): Lanes<Item> {
  const lanes = new Map<string, Lane<Item>>();

  const pump = (server: string, lane: Lane<Item>): void => {
    for (const item of lane.waiting) {
      if (lane.running >= limitOf(server)) return;
      lane.waiting.delete(item);
      lane.running += 1;
      void begin(server, lane, item);
    }
    if (lane.running === 0 && lane.waiting.size === 0) lanes.delete(server);
  };
  const begin = async (server: string, lane: Lane<Item>, item: Item): Promise<void> => {
    await run(item);
    lane.running -= 1;
    pump(server, lane);
    onFree(server);
  };
  return {
    enter(server, item) {
      const lane = lanes.get(server) ?? { waiting: new Set(), running: 0 };
      lanes.set(server, lane);
      lane.waiting.add(item);
      pump(server, lane);
    },
    withdraw: (server, item) => void lanes.get(server)?.waiting.delete(item),
    load(server) {
      const lane = lanes.get(server);
      return lane === undefined ? 0 : lane.running + lane.waiting.size;
    },
  };
}
