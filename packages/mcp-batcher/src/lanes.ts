/** The work of each server: never more than `limitOf(server)` at once, the higher priority first. [M6][M30] */
export interface Lanes<Item> {
  enter(server: string, item: Item, priority: number): void;
  /** Takes out an item that has not begun; tells whether there was one. */
  withdraw(server: string, item: Item): boolean;
  /** What a server has to do: items that wait and items that run. */
  load(server: string): number;
}

interface Lane<Item> {
  /** In the order of entering, with the priority of each. */
  readonly waiting: Map<Item, number>;
  /** The same items by priority, each in the order of entering. */
  readonly byPriority: Map<number, Set<Item>>;
  running: number;
  begun: number;
}

// Of four begins one is for whoever waits longest: whatever else comes, everybody's turn comes.
const turnOfTheOldest = 4;

/** Creates lanes. `run` must never reject; `onFree` is told after each end, when the next items have begun. */
export function createLanes<Item>(
  limitOf: (server: string) => number,
  run: (item: Item) => Promise<void>,
  onFree: (server: string) => void,
): Lanes<Item> {
  const lanes = new Map<string, Lane<Item>>();

  const take = (lane: Lane<Item>, item: Item): boolean => {
    const priority = lane.waiting.get(item);
    if (priority === undefined) return false;
    lane.waiting.delete(item);
    const alike = lane.byPriority.get(priority);
    alike?.delete(item);
    if (alike?.size === 0) lane.byPriority.delete(priority);
    return true;
  };
  const next = (lane: Lane<Item>): Item | undefined => {
    const [oldest] = lane.waiting.keys();
    if (lane.byPriority.size === 1 || lane.begun % turnOfTheOldest === turnOfTheOldest - 1) return oldest;
    const highest = Math.max(...lane.byPriority.keys());
    const [first] = lane.byPriority.get(highest) ?? [];
    return first ?? oldest;
  };
  const pump = (server: string, lane: Lane<Item>): void => {
    while (lane.waiting.size > 0 && lane.running < limitOf(server)) {
      const item = next(lane);
      if (item === undefined) break;
      take(lane, item);
      lane.running += 1;
      lane.begun += 1;
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
    enter(server, item, priority) {
      const lane = lanes.get(server) ?? { waiting: new Map(), byPriority: new Map(), running: 0, begun: 0 };
      lanes.set(server, lane);
      lane.waiting.set(item, priority);
      lane.byPriority.set(priority, (lane.byPriority.get(priority) ?? new Set<Item>()).add(item));
      pump(server, lane);
    },
    withdraw(server, item) {
      const lane = lanes.get(server);
      return lane !== undefined && take(lane, item);
    },
    load(server) {
      const lane = lanes.get(server);
      return lane === undefined ? 0 : lane.running + lane.waiting.size;
    },
  };
}
