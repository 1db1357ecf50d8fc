import type { Token } from "./claim-jobs.ts";

/** Names one claim of one job: the same job may be held twice while an old handler is still on its way out. */
export function tokenKey(token: Token): string {
  return `${token.id}.${token.claim}.${token.epoch}`;
}
