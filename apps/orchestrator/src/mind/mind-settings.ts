import type { BackModelSetting } from "./back-model-setting.ts";
import { backModelSchema } from "./back-model-setting.ts";

/** What a person says of a tool: it may run, it is asked for each time, or it never runs. */
export type Permission = "allow" | "ask" | "deny";

/** The limits of one task's work. */
export interface WorkLimits {
  /** Answers of the model. @default 24 */
  readonly maxRounds: number;
  /** Calls of tools, house functions included. @default 64 */
  readonly maxToolCalls: number;
  /** Minutes at work; waiting for a person does not count. @default 30 */
  readonly maxMinutes: number;
  /** Tokens in and out, of the task and all that it was split into. @default 400000 */
  readonly maxTokens: number;
  /** Money in US dollars, of the same. @default 2 */
  readonly maxUsd: number;
  /** The same call with the same arguments so many times ends the work. @default 3 */
  readonly maxRepeats: number;
  /** Characters of one answer of a tool that the model is shown. @default 12000 */
  readonly maxResultChars: number;
  /** How deep parts are split again. @default 3 */
  readonly maxDepth: number;
  /** Parts of one split. @default 20 */
  readonly maxParts: number;
  /** Tasks of one root, itself included; what would make more is not split. @default 100 */
  readonly maxTasks: number;
  /** Attempts of the job before the task rests with a reason. @default 5 */
  readonly maxAttempts: number;
}

/** What may be spent in one day (UTC); a limit that is left out is none. */
export interface DayBudget {
  readonly tokens?: number;
  readonly usd?: number;
}

/** The settings of the mind, with every default filled in. */
export interface MindSettings {
  /** A task is done in one go from this confidence on, 0 to 1. @default 0.8 */
  readonly oneShotFrom: number;
  readonly backModels: readonly BackModelSetting[];
  /** By `server.tool`, or `server.*` for all tools of a server. */
  readonly tools: Readonly<Record<string, Permission>>;
  readonly taskWork: WorkLimits;
  readonly budgets: { readonly workspaceDay: DayBudget; readonly day: DayBudget };
}

/** The settings as they may stand in `kingly.config.json`. */
export interface MindFile {
  readonly oneShotFrom?: number;
  readonly backModels?: readonly BackModelSetting[];
  readonly tools?: Readonly<Record<string, Permission>>;
  readonly taskWork?: Partial<WorkLimits>;
  readonly budgets?: { readonly workspaceDay?: DayBudget; readonly day?: DayBudget };
}

const limits: WorkLimits = {
  maxRounds: 24,
  maxToolCalls: 64,
  maxMinutes: 30,
  maxTokens: 400_000,
  maxUsd: 2,
  maxRepeats: 3,
  maxResultChars: 12_000,
  maxDepth: 3,
  maxParts: 20,
  maxTasks: 100,
  maxAttempts: 5,
};

/** Fills in what the file leaves out. */
export function toMindSettings(file: MindFile): MindSettings {
  return {
    oneShotFrom: file.oneShotFrom ?? 0.8,
    backModels: file.backModels ?? [],
    tools: file.tools ?? {},
    taskWork: { ...limits, ...file.taskWork },
    budgets: { workspaceDay: file.budgets?.workspaceDay ?? {}, day: file.budgets?.day ?? {} },
  };
}

const whole = (maximum: number): object => ({ type: "integer", minimum: 1, maximum });
const money = { type: "number", minimum: 0, maximum: 1_000_000 };
const dayBudget = {
  type: "object",
  additionalProperties: false,
  properties: { tokens: whole(1e12), usd: money },
};

/** The JSON Schema of each setting, for the one schema of the file. [O18] */
export const mindSchema: Readonly<Record<keyof MindFile, object>> = {
  oneShotFrom: { type: "number", minimum: 0, maximum: 1 },
  backModels: { type: "array", maxItems: 20, items: backModelSchema },
  tools: {
    type: "object",
    propertyNames: { pattern: "^[^.]{1,64}\\.(\\*|.{1,128})$" },
    additionalProperties: { enum: ["allow", "ask", "deny"] },
  },
  taskWork: {
    type: "object",
    additionalProperties: false,
    properties: {
      maxRounds: whole(1000),
      maxToolCalls: whole(10_000),
      maxMinutes: { type: "number", exclusiveMinimum: 0, maximum: 1440 },
      maxTokens: whole(1e9),
      maxUsd: money,
      maxRepeats: whole(100),
      maxResultChars: { type: "integer", minimum: 100, maximum: 200_000 },
      maxDepth: whole(10),
      maxParts: whole(20),
      maxTasks: whole(10_000),
      maxAttempts: whole(100),
    },
  },
  budgets: {
    type: "object",
    additionalProperties: false,
    properties: { workspaceDay: dayBudget, day: dayBudget },
  },
};
