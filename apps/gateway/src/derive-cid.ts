import { createHash } from "node:crypto";

const signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Derives the correlation id of a turn's command: 14 letters and digits, 83 bits of SHA-256. [G4]
 *
 * The same workspace, person, utterance and ordinal give the same cid after any crash, so a repeat is known as one. */
export function deriveCid(workspace: string, person: string, utteranceId: string, ordinal: number): string {
  // Lengths before texts: no two different tuples hash the same bytes.
  const tuple = [workspace, person, utteranceId, String(ordinal)].map((part) => `${part.length}:${part}`).join("");
  const digest = createHash("sha256").update(tuple).digest();
  let rest = digest.readBigUInt64BE(0) * 2n ** 32n + BigInt(digest.readUInt32BE(8));
  let cid = "";
  for (let sign = 0; sign < 14; sign += 1) {
    cid += signs[Number(rest % 62n)];
    rest /= 62n;
  }
  return cid;
}
