import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { readConfigFile, toConfigFault } from "@kingly/home";
import type { ServerEntry } from "@kingly/mcp-batcher/servers";
import { Ajv } from "ajv";
import { embedderSchema } from "./embedder-setting.ts";
import type { EmbedderSetting } from "./embedder-setting.ts";
import { mindSchema } from "./mind/mind-settings.ts";
import type { MindFile } from "./mind/mind-settings.ts";

/** The settings of the orchestrator, from `kingly.config.json` and its own defaults. */
export interface OrchestratorConfig extends MindFile {
  readonly mcpServers: Readonly<Record<string, ServerEntry>>;
  /** Events older than so many days are let go, 1 to 36,500; 0 keeps all. Default 365. */
  readonly keepEventDays?: number;
  /** A scripted back model: a list of answers, for trials without a key. Without one, rules plan. */
  readonly scriptedModel?: readonly { readonly when?: string; readonly reply: string }[];
  /** What finds memories by their meaning. Default: the store's local vectors. [O69] */
  readonly embedder?: EmbedderSetting;
  /** How long answers to reads are used again, in milliseconds, by `server.tool` or server; 0 never. Default by the kind
   * of tool, see `toolCache`. [O54] */
  readonly toolCacheMs?: Readonly<Record<string, number>>;
  /** Whether what may be said next is suggested, and what it needs loaded ahead. Default true. [O72] */
  readonly suggestions?: boolean;
  /** The servers that ship and that no entry of the file has replaced: what they say of themselves is known to be true. */
  readonly shippedServers?: readonly string[];
}

interface ConfigFile extends MindFile {
  readonly mcpServers?: Readonly<Record<string, ServerEntry>>;
  readonly keepEventDays?: number;
  readonly scriptedModel?: OrchestratorConfig["scriptedModel"];
  readonly embedder?: EmbedderSetting;
  readonly suggestions?: boolean;
  readonly toolCacheMs?: Readonly<Record<string, number>>;
}

// The planner's model matches without regard to case; what cannot be compiled must be told with its file.
const formats = { regex: { type: "string", validate: isPattern } } as const;

const checkFile = new Ajv({ allErrors: true, allowUnionTypes: true, formats }).compile<ConfigFile>({
  type: "object",
  additionalProperties: false,
  properties: {
    $schema: { type: "string" },
    mcpServers: {
      type: "object",
      additionalProperties: {
        type: "object",
        if: { required: ["type"], properties: { type: { enum: ["http", "streamable-http", "sse"] } } },
        // oxlint-disable-next-line unicorn/no-thenable
        then: { required: ["url"] },
        else: { required: ["command"] },
        properties: {
          type: { enum: ["stdio", "http", "streamable-http", "sse"] },
          url: { type: "string", minLength: 1 },
          headers: { type: "object", additionalProperties: { type: "string" } },
          allowLinkLocal: { type: "boolean" },
          idempotencyKeys: { type: "boolean" },
          command: { type: "string", minLength: 1 },
          args: { type: "array", items: { type: "string" } },
          env: { type: "object", additionalProperties: { type: "string" } },
          cwd: { type: "string" },
          concurrency: { type: "integer", minimum: 1 },
          startTimeoutMs: { type: "integer", minimum: 1 },
          disabled: { type: "boolean" },
        },
      },
    },
    keepEventDays: { type: "integer", minimum: 0, maximum: 36_500 },
    embedder: embedderSchema,
    suggestions: { type: "boolean" },
    toolCacheMs: { type: "object", additionalProperties: { type: "integer", minimum: 0, maximum: 86_400_000 } },
    // The gateway's: it checks them.
    frontModel: {},
    people: {},
    limits: {},
    askAgainMs: {},
    ...mindSchema,
    scriptedModel: {
      type: "array",
      items: {
        type: "object",
        required: ["reply"],
        additionalProperties: false,
        properties: { when: { type: "string", format: "regex" }, reply: { type: "string", minLength: 1 } },
      },
    },
  },
});

/** Reads the settings: the home's `kingly.config.json`, else the working folder's, else defaults. [O18]
 *
 * Servers of the file stand beside the two that ship (`memory`, `files`) and win over them by name. A file that cannot
 * be read is an error in one sentence with its path and what to do. */
export function readConfig(
  homePath: string,
  cwd: string,
): { readonly ok: true; readonly config: OrchestratorConfig } | { readonly ok: false; readonly message: string } {
  const reading = readConfigFile(homePath, cwd);
  if (!reading.ok) return reading;
  if (reading.file === undefined) {
    const mcpServers = shippedServers(homePath);
    return { ok: true, config: { mcpServers, shippedServers: Object.keys(mcpServers) } };
  }
  const { path, value: file } = reading.file;
  if (!checkFile(file)) {
    const [first] = checkFile.errors ?? [];
    const where = first?.instancePath === "" ? "its top level" : (first?.instancePath ?? "it");
    const name = first?.keyword === "additionalProperties" ? first.params["additionalProperty"] : first?.propertyName;
    const unknown = name === undefined ? "" : ` (${String(name)})`;
    return { ok: false, message: toConfigFault(path, `: ${where} ${first?.message ?? "is wrong"}${unknown}`) };
  }
  const { oneShotFrom, backModels, tools, taskWork, budgets } = file;
  const shipped = shippedServers(homePath);
  return {
    ok: true,
    config: {
      mcpServers: { ...shipped, ...file.mcpServers },
      shippedServers: Object.keys(shipped).filter((name) => !Object.hasOwn(file.mcpServers ?? {}, name)),
      ...(oneShotFrom === undefined ? {} : { oneShotFrom }),
      ...(backModels === undefined ? {} : { backModels }),
      ...(tools === undefined ? {} : { tools }),
      ...(taskWork === undefined ? {} : { taskWork }),
      ...(budgets === undefined ? {} : { budgets }),
      ...(file.keepEventDays === undefined ? {} : { keepEventDays: file.keepEventDays }),
      ...(file.embedder === undefined ? {} : { embedder: file.embedder }),
      ...(file.toolCacheMs === undefined ? {} : { toolCacheMs: file.toolCacheMs }),
      ...(file.suggestions === undefined ? {} : { suggestions: file.suggestions }),
      ...(file.scriptedModel === undefined ? {} : { scriptedModel: file.scriptedModel }),
    },
  };
}

/** The folder that the `files` server may touch. */
export function filesFolder(homePath: string): string {
  return join(homePath, "files");
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "i") instanceof RegExp;
  } catch {
    return false;
  }
}

/** The two servers that come with the orchestrator: memory, and files limited to one folder of the home. */
function shippedServers(homePath: string): Readonly<Record<string, ServerEntry>> {
  return {
    memory: {
      command: process.execPath,
      args: [entryOf("@modelcontextprotocol/server-memory")],
      env: { MEMORY_FILE_PATH: join(homePath, "memory.jsonl") },
      // It loses parallel writes: 19 of 20 when measured.
      concurrency: 1,
    },
    files: {
      command: process.execPath,
      args: [entryOf("@modelcontextprotocol/server-filesystem"), filesFolder(homePath)],
      cwd: filesFolder(homePath),
    },
  };
}

// The packages have no main entry: their program is found beside their manifest.
function entryOf(packageName: string): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve(`${packageName}/package.json`)), "dist/index.js");
}
