/** What is known beside the message: flat names and plain values; never secrets, never payloads. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Where a room says what happened. A library never writes to the console itself. [RT5] */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Returns a log that adds `fields` to everything it says. */
  child(fields: LogFields): Log;
}

/** The four levels, from the quietest to the loudest. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** One thing said, with the fields of every parent folded in. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** Creates a log from one function that takes each entry. Fields of a child win over its parent's. [RT6] */
export function createLog(write: (entry: LogEntry) => void, base: LogFields = {}): Log {
  const say =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void =>
      write({ level, message, fields: { ...base, ...fields } });
  return {
    debug: say("debug"),
    info: say("info"),
    warn: say("warn"),
    error: say("error"),
    child: (fields) => createLog(write, { ...base, ...fields }),
  };
}

/** Creates a log that says nothing: the default of every room. [RT5] */
export function createSilentLog(): Log {
  return createLog(() => {});
}
