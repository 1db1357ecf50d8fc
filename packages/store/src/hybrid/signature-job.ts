import type { JobReader } from "@kingly/sqlite";
import { readSignatures } from "./signature-rows.ts";
import type { SignatureRange, SignatureRows } from "./signature-rows.ts";

/** Reads signatures in a reading thread: a million of them take more than a second. [S79] */
export function signatureJob(reader: JobReader, range: SignatureRange): SignatureRows {
  return readSignatures(reader, range);
}
