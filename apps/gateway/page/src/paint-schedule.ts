import type { Clock } from "@kingly/runtime";

/** Runs `paint` once for any number of calls: in the next frame, or shortly after while the page is hidden. */
export function createPaintSchedule(
  deps: {
    readonly clock: Clock;
    readonly isHidden: () => boolean;
    readonly nextFrame: (paint: () => void) => void;
  },
  paint: () => void,
): () => void {
  let isDue = false;
  const run = (): void => {
    if (!isDue) return;
    isDue = false;
    paint();
  };
  return () => {
    if (isDue) return;
    isDue = true;
    // A page that is hidden, or becomes hidden meanwhile, gets no frames.
    deps.clock.setTimer(deps.isHidden() ? 0 : 100, run);
    if (!deps.isHidden()) deps.nextFrame(run);
  };
}
