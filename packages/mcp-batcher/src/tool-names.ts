import { createHash } from "node:crypto";

/** A tool of a server. */
export interface ToolRef {
  readonly server: string;
  readonly tool: string;
}

/** The names under which a model knows the tools of all servers. */
export interface ToolNames {
  /** The name of a tool: `^[a-zA-Z0-9_-]{1,64}$`, the same in every process. Throws never. */
  nameOf(server: string, tool: string): string;
  /** The tool that has been given this name by `nameOf`, or that a plain name tells; undefined for any other. */
  find(name: string): ToolRef | undefined;
}

const maxLength = 64;
const maxHead = 43;
// No two signs in a row that could be the border, and none at an end.
const plainPart = /^[a-zA-Z0-9-]+(?:_[a-zA-Z0-9-]+)*$/;
const hashedName = /__[0-9a-f]{16}$/;

/** Creates names for tools: `server__tool` where both are plain and it is short enough, else a cut form with 16 digits
 * of a hash, so that two tools never share a name and no tool can take the name of another. [M34] */
export function createToolNames(): ToolNames {
  const given = new Map<string, ToolRef>();
  return {
    nameOf(server, tool) {
      let name = plainName(server, tool) ?? hashed(server, tool, 0);
      for (let round = 1; isOther(given.get(name), server, tool); round += 1) name = hashed(server, tool, round);
      given.set(name, { server, tool });
      return name;
    },
    find(name) {
      const known = given.get(name);
      if (known !== undefined) return known;
      const [server, tool, ...more] = name.split("__");
      return server !== undefined && tool !== undefined && more.length === 0 && plainName(server, tool) === name
        ? { server, tool }
        : undefined;
    },
  };
}

function plainName(server: string, tool: string): string | undefined {
  const name = `${server}__${tool}`;
  const isPlain = plainPart.test(server) && plainPart.test(tool) && name.length <= maxLength && !hashedName.test(name);
  return isPlain ? name : undefined;
}

function hashed(server: string, tool: string, round: number): string {
  const digits = createHash("sha256")
    .update(JSON.stringify([server, tool, round]))
    .digest("hex")
    .slice(0, 16);
  const head = `${server}_${tool}`.replaceAll(/[^a-zA-Z0-9-]+/g, "_").slice(0, maxHead);
  return `${head}__${digits}`;
}

function isOther(known: ToolRef | undefined, server: string, tool: string): boolean {
  return known !== undefined && (known.server !== server || known.tool !== tool);
}
