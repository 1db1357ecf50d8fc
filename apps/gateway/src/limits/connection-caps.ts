import { ownerName } from "@kingly/door";

/** How many links and streams may be open at once. */
export interface ConnectionCaps {
  /** Takes a place; gives what frees it, which may be called again. Undefined when there is none. */
  open(person: string): (() => void) | undefined;
}

/** Links and streams of all people together, and of one person. The owner's programs may take all places but those that
 * are kept for others. [G45] */
export const connectionLimits = { total: 4000, owner: 3500, person: 64 } as const;

/** Creates the caps over all people. */
export function createConnectionCaps(
  limits: { readonly total: number; readonly owner: number; readonly person: number } = connectionLimits,
): ConnectionCaps {
  const open = new Map<string, number>();
  let total = 0;
  return {
    open(person) {
      const own = open.get(person) ?? 0;
      if (total >= limits.total || own >= (person === ownerName ? limits.owner : limits.person)) return undefined;
      total += 1;
      open.set(person, own + 1);
      let isOpen = true;
      return () => {
        if (!isOpen) return;
        isOpen = false;
        total -= 1;
        const left = (open.get(person) ?? 1) - 1;
        if (left === 0) open.delete(person);
        else open.set(person, left);
      };
    },
  };
}
