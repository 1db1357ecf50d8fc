import type { AuthorizationStore } from "./authorization-store.ts";

/** How the app shows itself to authorization servers. */
export interface OAuthOptions {
  /** Where a browser comes back to after a consent, exactly: an address of the app, which hands what it gets to
   * `finishAuthorization`. Absent: nobody can consent, and only grants without a person work. */
  readonly redirectUrl?: string;
  /** Where authorizations are kept. @default in memory */
  readonly store?: AuthorizationStore;
  /** The name that people read when they consent. @default "kingly" */
  readonly clientName?: string;
  /** Says what a person does when a server needs a consent: the hint of the error. @default names authorizationUrl */
  readonly consentHint?: (server: string) => string;
  /** The https address of our client metadata document, for entries that name none. */
  readonly clientMetadataUrl?: string;
}
