import type { LinkStatus } from "@kingly/link/browser";

/** Where the link stands, with the moments that its words need. */
export interface Connection {
  readonly status: LinkStatus;
  /** With `waiting`: when the next attempt begins. */
  readonly retryAtMs?: number;
  /** With `open`: since when, and how many events came first. */
  readonly openedAtMs?: number;
  readonly replayed?: number;
}

// So long is it worth knowing that something was replayed.
const replayedShownMs = 10_000;

/** Says where the link stands. */
export function connectionWords(connection: Connection, nowMs: number): string {
  switch (connection.status) {
    case "connecting":
      return "Connecting";
    case "open": {
      const { replayed = 0, openedAtMs = nowMs } = connection;
      if (replayed === 0 || nowMs - openedAtMs > replayedShownMs) return "Connected";
      return `Connected, replayed ${replayed} ${replayed === 1 ? "event" : "events"}`;
    }
    case "waiting":
      return `Reconnecting in ${Math.max(0, Math.ceil(((connection.retryAtMs ?? nowMs) - nowMs) / 1000))} s`;
    default:
      return "Disconnected";
  }
}
