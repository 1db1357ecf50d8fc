import type { House } from "../../e2e/house.ts";

interface Listed {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly next: string | null;
  readonly stale?: boolean;
}

type Board = Readonly<Record<"tasks" | "memories", readonly Readonly<Record<string, unknown>>[]>>;

/** Compares the gateway's board with the orchestrator's store, row by row. Returns each difference in words. [G12] */
export async function compareBoard(house: House): Promise<readonly string[]> {
  const board = await house.json<Board>("/v1/board");
  return [
    ...differences("task", board.tasks, await all(house, "/v1/tasks"), "id", ["title", "status"]),
    ...differences("memory", board.memories, await all(house, "/v1/memory"), "key", ["value"]),
  ];
}

async function all(house: House, path: string): Promise<Listed["items"]> {
  const items: Listed["items"][number][] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const query: string = cursor === "" ? "?limit=200" : `?limit=200&cursor=${encodeURIComponent(cursor)}`;
    const page: Listed = await house.json<Listed>(`${path}${query}`);
    if (page.stale === true) throw new Error(`${path} came from the board itself: the orchestrator is away`);
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}

function differences(
  kind: string,
  told: Listed["items"],
  stored: Listed["items"],
  key: string,
  names: readonly string[],
): readonly string[] {
  const byKey = new Map(told.map((item) => [item[key], item]));
  const wrong: string[] = [];
  // The board keeps the newest of each kind only; what it has must be right, and the newest must be there.
  if (told.length < Math.min(stored.length, 1000))
    wrong.push(`${kind}: ${told.length} on the board of ${stored.length}`);
  for (const item of stored) {
    const shown = byKey.get(item[key]);
    for (const name of shown === undefined ? [] : names) {
      const [a, b] = [JSON.stringify(shown?.[name]), JSON.stringify(item[name])];
      if (a !== b) wrong.push(`${kind} ${String(item[key])}: ${name} is ${a} on the board and ${b} in the store`);
    }
    byKey.delete(item[key]);
  }
  for (const key of byKey.keys()) wrong.push(`${kind} ${String(key)} is on the board only`);
  return wrong;
}
