// The public API of @kingly/codec: the coded language, read and written. Direction is a type: command or event.
export { CodecError, isCodecError } from "./codec-error.ts";
export type { CodecErrorCode } from "./codec-error.ts";
export type { Direction } from "./codebook.ts";
export { commandTemplates, eventTemplates } from "./codes.ts";
export { formatCommand, parseCommand } from "./command.ts";
export type { Command } from "./command.ts";
export { defineCode } from "./define-code.ts";
export type { Code } from "./define-code.ts";
export type { Diagnostic, DiagnosticCode, Parsed } from "./diagnostic.ts";
export { formatEvent, parseEvent } from "./event.ts";
export type { Event } from "./event.ts";
export { levelToNumber } from "./level.ts";
export type { Level, LevelWord } from "./level.ts";
export { limits } from "./limits.ts";
export type { FieldKind, FieldKinds, MessageOf, MessagesOf } from "./message.ts";
export type { Value } from "./value.ts";
