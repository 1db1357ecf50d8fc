/** How much may wait for an orchestrator that is away, and still be on its way to the disk. [G16] */
export const outboxLimits = { commands: 100_000, bytes: 67_108_864 } as const;

/** After so many milliseconds what found no room may be tried again. */
export const busyRetryMs = 5000;

/** Keeps places in the outbox for what is being recorded. */
export interface OutboxRoom {
  /** Keeps places until the function it gives is called; undefined when there is no room. */
  reserve(commands: number, bytes: number): (() => void) | undefined;
}

/** Creates the room over what waits already. What is reserved counts as waiting: a slow disk is no way around the limit. */
export function createOutboxRoom(
  waiting: () => { readonly commands: number; readonly bytes: number },
  limits: { readonly commands: number; readonly bytes: number } = outboxLimits,
): OutboxRoom {
  let commands = 0;
  let bytes = 0;
  return {
    reserve(moreCommands, moreBytes) {
      const now = waiting();
      if (now.commands + commands + moreCommands > limits.commands) return undefined;
      if (now.bytes + bytes + moreBytes > limits.bytes) return undefined;
      commands += moreCommands;
      bytes += moreBytes;
      return () => {
        commands -= moreCommands;
        bytes -= moreBytes;
      };
    },
  };
}
