import type { Clock } from "@kingly/runtime";

// A little more than a frame at 60 a second: on a machine at work frames come late, and a completion is not to wait.
const lateFrameMs = 20;

/** Runs `paint` once for any number of calls: in the next frame, at the latest after 20 ms; at once while hidden. */
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
    deps.clock.setTimer(deps.isHidden() ? 0 : lateFrameMs, run);
    if (!deps.isHidden()) deps.nextFrame(run);
  };
}
