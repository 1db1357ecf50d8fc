import { readHouseNews } from "./house-news.ts";
import type { HouseNews } from "./house-news.ts";
import type { Snapshot } from "./snapshot.ts";
import { readWorkflowNews } from "./workflow-news.ts";
import type { WorkflowNews } from "./workflow-news.ts";

/** The gateway does not know this browser: the address that `start` printed must be opened again. */
export class SignedOutError extends Error {
  override readonly name = "SignedOutError";
}

/** The routes of the gateway that the page uses. All reject with {@link SignedOutError} on 401. */
export interface GatewayApi {
  /** Trades the token for a cookie. */
  openSession(token: string): Promise<void>;
  board(): Promise<Snapshot>;
  /** What of the workflows no event tells: what waits for a decision, and what did not load. */
  workflows(): Promise<WorkflowNews>;
  /** Resolves when the gateway knows this browser. */
  checkSession(): Promise<void>;
  /** How each part of the house is, and whether the orchestrator is there. */
  house(): Promise<HouseNews>;
}

/** Creates the page's side of the HTTP routes. */
export function createGatewayApi(deps: { readonly fetch: typeof fetch }): GatewayApi {
  const call = async (path: string, init?: RequestInit): Promise<Response> => {
    const response = await deps.fetch(path, { cache: "no-store", ...init });
    if (response.status === 401) throw new SignedOutError("the gateway does not know this browser");
    return response;
  };
  return {
    async openSession(token) {
      const response = await call("/v1/session", { method: "POST", headers: { Authorization: `Bearer ${token}` } });
      if (!response.ok) throw new Error(`the session could not be opened: ${response.status}`);
    },
    async board() {
      const response = await call("/v1/board");
      if (!response.ok) throw new Error(`the board could not be read: ${response.status}`);
      return (await response.json()) as Snapshot;
    },
    async workflows() {
      const response = await call("/v1/workflows?limit=100");
      if (!response.ok) throw new Error(`the workflows could not be read: ${response.status}`);
      return readWorkflowNews(await response.json());
    },
    async checkSession() {
      await call("/v1/board", { method: "HEAD" });
    },
    async house() {
      return readHouseNews(await (await call("/readyz")).json());
    },
  };
}
