import type { Told } from "./os-notices.ts";

const store = "told";

/** Moves the mark in one transaction of all tabs: `move` gets what it was, and gives what it is to be. [G32]
 *
 * IndexedDB, because localStorage is not the same in two tabs at once: a lock may come before what was written under it. */
export async function moveToldMark(move: (told: Told | undefined) => Told | undefined): Promise<void> {
  const database = await open();
  try {
    const transaction = database.transaction(store, "readwrite", { durability: "strict" });
    const marks = transaction.objectStore(store);
    const reading: IDBRequest<Told | undefined> = marks.get("mark");
    reading.addEventListener("success", () => {
      const next = move(reading.result);
      if (next !== undefined) marks.put(next, "mark");
    });
    await new Promise<void>((resolve, reject) => {
      transaction.addEventListener("complete", () => resolve());
      transaction.addEventListener("abort", () => reject(transaction.error ?? new Error("The mark was not kept.")));
    });
  } finally {
    database.close();
  }
}

function open(): Promise<IDBDatabase> {
  const opening = indexedDB.open("kingly", 1);
  return new Promise((resolve, reject) => {
    opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore(store));
    opening.addEventListener("success", () => resolve(opening.result));
    opening.addEventListener("error", () => reject(opening.error ?? new Error("IndexedDB is not to be had.")));
  });
}
