import { appendFileSync, renameSync, statSync } from "node:fs";

/** A file that is appended to and never grows beyond its bound. */
export interface LogFile {
  readonly path: string;
  append(chunk: Buffer | string): void;
}

/** Creates the log file of an app. At `maxBytes` it becomes `<path>.1`, replacing the one before.
 *
 * A disk that takes nothing more is told once and never ends anything: an app must not stand still for its log. */
export function createLogFile(
  path: string,
  options: {
    /** Bytes of one file; two are kept. @default 10,485,760 */
    readonly maxBytes?: number;
    onFailure(message: string): void;
  },
): LogFile {
  const maxBytes = options.maxBytes ?? 10 * 1024 * 1024;
  let bytes = sizeOf(path);
  let told = false;
  return {
    path,
    append(chunk) {
      try {
        const length = Buffer.byteLength(chunk);
        if (bytes > 0 && bytes + length > maxBytes) {
          renameSync(path, `${path}.1`);
          bytes = 0;
        }
        appendFileSync(path, chunk, { mode: 0o600 });
        bytes += length;
      } catch (thrown) {
        if (!told)
          options.onFailure(`${path} cannot be written (${toReason(thrown)}); Kingly goes on without that log.`);
        told = true;
      }
    },
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function toReason(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "unknown";
}
