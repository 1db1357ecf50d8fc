import type { Clock } from "@kingly/runtime";

// A little more than a frame at 60 a second: on a machine at work frames come late, and a completion is not to wait.
const lateFrameMs = 20;

// Who watches work sees no difference; a completion finds a page that is not painting.
const laterMs = 100;

/** Paints what changed. */
export interface PaintSchedule {
  /** Paints in the next frame, at the latest after 20 ms; at once while hidden. */
  readonly soon: () => void;
  /** Paints within 100 ms: how far something has come, of which only the last is worth a paint. */
  readonly later: () => void;
}

/** Runs `paint` once for any number of calls. [G98] */
export function createPaintSchedule(
  deps: {
    readonly clock: Clock;
    readonly isHidden: () => boolean;
    readonly nextFrame: (paint: () => void) => void;
  },
  paint: () => void,
): PaintSchedule {
  let isDue = false;
  let isDueLater = false;
  const { clock, isHidden } = deps;
  const run = (): void => {
    if (!isDue) return;
    isDue = false;
    isDueLater = false;
    paint();
  };
  const soon = (): void => {
    if (isDue) return;
    isDue = true;
    // A page that is hidden, or becomes hidden meanwhile, gets no frames.
    clock.setTimer(isHidden() ? 0 : lateFrameMs, run);
    if (!isHidden()) deps.nextFrame(run);
  };
  return {
    soon,
    later() {
      if (isDue || isDueLater) return;
      isDueLater = true;
      clock.setTimer(laterMs, () => {
        if (isDueLater) soon();
      });
    },
  };
}
