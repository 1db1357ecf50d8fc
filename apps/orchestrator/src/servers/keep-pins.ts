import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PinSet, ToolPins } from "@kingly/mcp-batcher/servers";
import type { Log } from "@kingly/runtime";

type Pins = Readonly<Record<string, PinSet>>;

/** Keeps the approved descriptions of tools in `tool-pins.json` of the home, mode 0600. [O81]
 *
 * A file beside the settings, not a table: it can be read and taken back by hand, and a restored database does not bring
 * back what a person has since refused. One that cannot be read approves nothing, and is not written over. */
export function keepPins(homePath: string, log: Log): ToolPins {
  const path = join(homePath, "tool-pins.json");
  let pins = new Map<string, PinSet>();
  let isBroken = false;
  if (existsSync(path)) {
    try {
      pins = new Map(Object.entries(readPins(readFileSync(path, "utf8"))));
    } catch (thrown) {
      isBroken = true;
      const why = thrown instanceof Error ? thrown.message : "unknown";
      log.warn(
        "the approved tools cannot be read: every tool waits for approval until the file is mended or moved away",
        {
          path,
          why,
        },
      );
    }
  }
  return {
    // A set without any pin: nothing counts as seen for the first time.
    get: (server) => pins.get(server) ?? (isBroken ? {} : undefined),
    set(server, set) {
      pins.set(server, set);
      if (isBroken) return;
      const next = `${path}.next`;
      writeFileSync(next, `${JSON.stringify(Object.fromEntries(pins), null, 2)}\n`, { mode: 0o600 });
      renameSync(next, path);
    },
  };
}

function readPins(text: string): Pins {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError("it is not an object");
  for (const set of Object.values(value)) {
    const isSet = typeof set === "object" && set !== null && Object.values(set).every((pin) => typeof pin === "string");
    if (!isSet) throw new TypeError("a server's pins are not texts by name");
  }
  return value as Pins;
}
