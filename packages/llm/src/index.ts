// The public API of @kingly/llm: one interface to any model, a scripted one, and what goes around a model.
export { checkStream } from "./check-stream.ts";
export { collect, toAssistantMessage } from "./collect.ts";
export type { Answer } from "./collect.ts";
export type { Json, JsonObject } from "./json.ts";
export { LlmError } from "./llm-error.ts";
export type { LlmErrorCode, LlmErrorOptions } from "./llm-error.ts";
export type {
  Effort,
  Model,
  ModelEvent,
  ModelMessage,
  ModelRequest,
  StopReason,
  ToolCall,
  ToolDefinition,
  Usage,
  VendorPart,
} from "./model.ts";
export { createScriptedModel } from "./scripted-model.ts";
export type { ScriptAction, ScriptEntry, ScriptedModel } from "./scripted-model.ts";
export { withDeadline } from "./with-deadline.ts";
export type { DeadlineOptions } from "./with-deadline.ts";
