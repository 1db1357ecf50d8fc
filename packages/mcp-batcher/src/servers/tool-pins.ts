/** The hashes of a server's approved tool descriptions, by the names of the tools. */
export type PinSet = Readonly<Record<string, string>>;

/** Where approved descriptions are kept; given by the app, so that they outlive the process. */
export interface ToolPins {
  /** Undefined: this server was never seen. */
  get(server: string): PinSet | undefined | Promise<PinSet | undefined>;
  set(server: string, pins: PinSet): void | Promise<void>;
}

/** What happens to the tools of a server that was never seen: `trust-first-use` approves them as they are, `ask` blocks
 * them until somebody approves them. A tool that comes later, or changes, is blocked in either case. [M40] */
export type FirstSight = "trust-first-use" | "ask";

/** Creates pins that last as long as the process. */
export function createMemoryPins(): ToolPins {
  const kept = new Map<string, PinSet>();
  return { get: (server) => kept.get(server), set: (server, pins) => void kept.set(server, pins) };
}
