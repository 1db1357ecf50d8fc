import type { TextStorage } from "@kingly/link/browser";

/** Opens a storage of the browser; one that is forbidden or full for good is replaced by memory, which a reload forgets.
 *
 * `open` is a function because already naming a forbidden storage throws. [G99] */
export function openStorage(open: () => TextStorage): TextStorage {
  try {
    const storage = open();
    storage.getItem("kingly.is-there");
    return storage;
  } catch {
    const texts = new Map<string, string>();
    return {
      getItem: (key) => texts.get(key) ?? null,
      setItem: (key, text) => void texts.set(key, text),
    };
  }
}
