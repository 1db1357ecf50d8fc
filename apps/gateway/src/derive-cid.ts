import { hash } from "node:crypto";

const signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const digitBase = 2 ** 32;

/** Derives the correlation id of a turn's command: 14 letters and digits, 83 bits of SHA-256. [G4]
 *
 * The same workspace, person, utterance and ordinal give the same cid after any crash, so a repeat is known as one. */
export function deriveCid(workspace: string, person: string, utteranceId: string, ordinal: number): string {
  const number = String(ordinal);
  // Lengths before texts: no two different tuples hash the same bytes.
  const tuple = `${workspace.length}:${workspace}${person.length}:${person}${utteranceId.length}:${utteranceId}${number.length}:${number}`;
  const hex = hash("sha256", tuple);
  // The first 96 bits, written to the base 62: three 32-bit digits divided by hand, as BigInts cost 3 us more.
  let high = Number.parseInt(hex.slice(0, 8), 16);
  let middle = Number.parseInt(hex.slice(8, 16), 16);
  let low = Number.parseInt(hex.slice(16, 24), 16);
  let cid = "";
  for (let sign = 0; sign < 14; sign += 1) {
    middle += (high % 62) * digitBase;
    high = Math.floor(high / 62);
    low += (middle % 62) * digitBase;
    middle = Math.floor(middle / 62);
    cid += signs[low % 62];
    low = Math.floor(low / 62);
  }
  return cid;
}
