/** Waits for the end of this turn of the event loop; all who wait in one turn go on together, in their order. */
export type TurnEnd = () => Promise<void>;

/** Creates the wait. `nextTurn` runs a function when all that was read in this turn has been dealt with. [G71] */
export function createTurnEnd(nextTurn: (run: () => void) => void): TurnEnd {
  let waiting: Promise<void> | undefined;
  return () =>
    (waiting ??= new Promise((resolve) => {
      nextTurn(() => {
        waiting = undefined;
        resolve();
      });
    }));
}
