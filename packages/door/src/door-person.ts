import { createHash, timingSafeEqual } from "node:crypto";
import { sameSecret } from "./same-secret.ts";

/** Somebody with a token of their own. Only its hash is known here. */
export interface DoorPerson {
  /** 1 to 32 letters, digits, `_` and `-`; not `owner`. */
  readonly name: string;
  /** SHA-256 of the token, 64 hexadecimal digits. The token must be random: it is hashed once, without salt. */
  readonly tokenSha256: string;
}

/** The name of whoever has the token of the house. */
export const ownerName = "owner";

/** Tells whose a token is, or undefined. Every known one is compared, in constant time each. [D6][D23] */
export function personOfToken(given: string, houseToken: string, people: readonly DoorPerson[]): string | undefined {
  const digest = createHash("sha256").update(given).digest();
  let who = sameSecret(given, houseToken) ? ownerName : undefined;
  for (const { name, tokenSha256 } of people) {
    if (timingSafeEqual(digest, Buffer.from(tokenSha256, "hex"))) who ??= name;
  }
  return who;
}
