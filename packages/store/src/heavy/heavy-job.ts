import type { JobReader } from "@kingly/sqlite";
import { createSystemClock } from "@kingly/runtime";
import { createNearVectors } from "../hybrid/near-vectors.ts";
import type { AskedVector } from "../hybrid/near-vectors.ts";
import { createHandedScan } from "../hybrid/signature-scan.ts";
import type { Signatures } from "../hybrid/signatures.ts";
import { createReadRooms } from "./read-rooms.ts";
import type { ReadRooms, ReadSettings } from "./read-rooms.ts";

/** Which read, and all that a thread cannot find out by itself. */
export interface HeavyInput {
  readonly room: keyof ReadRooms;
  /** Left out where the room is the read. */
  readonly name?: string | undefined;
  readonly parameters: readonly unknown[];
  readonly settings: ReadSettings;
  /** What the caller takes for now. */
  readonly nowMs: number;
  /** What the embedder made of the question. */
  readonly asked?: AskedVector | undefined;
  /** Signatures by embedder, in shared memory. */
  readonly handed: Readonly<Record<string, Signatures | undefined>>;
}

/** Reads in a reading thread what the store would read itself. [S107] */
export async function heavyJob(reader: JobReader, input: HeavyInput): Promise<unknown> {
  const { room, name, parameters, settings, nowMs, asked, handed } = input;
  const giveWay = async (): Promise<void> => reader.throwIfStopped();
  const near = createNearVectors({ reader, scan: createHandedScan({ reader, giveWay, handed }) });
  const clock = { ...createSystemClock(), nowMs: () => nowMs };
  const rooms = createReadRooms({ database: reader, clock, near, ask: async () => asked, giveWay }, settings);
  const found: unknown = name === undefined ? rooms[room] : Reflect.get(rooms[room], name);
  if (typeof found !== "function") throw new TypeError(`There is no heavy read ${room}.${name ?? ""}.`);
  return (found as (...values: readonly unknown[]) => unknown)(...parameters);
}
