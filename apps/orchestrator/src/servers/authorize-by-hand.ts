// What the command line does about authorizations: it asks the running orchestrator, which keeps them.
import { setTimeout as pause } from "node:timers/promises";
import type { AuthorizationEnd } from "@kingly/mcp-batcher/servers";
import type { ConsentState } from "./consents.ts";

/** How the orchestrator of the home is reached, and how a person is told. */
export interface ByHand {
  readonly port: number;
  readonly token: string;
  readonly say: (text: string) => void;
}

const longestMs = 600_000;
const againMs = 1_000;

/** Shows what to open in a browser, and waits for the answer, also over a restart of the orchestrator; says how it ended.
 * True: the server is authorized. [O87] */
export async function authorizeByHand(hand: ByHand, name: string): Promise<boolean> {
  const path = `/v1/servers/${encodeURIComponent(name)}`;
  const begun = await begin(hand, path);
  if (begun === undefined) return notThere(hand);
  if (begun.authorizationUrl === undefined) return tellState(hand, begun);
  hand.say(`Open this address in a browser of this machine, and consent:\n\n${begun.authorizationUrl}\n`);
  hand.say("Waiting for the answer, at most 10 minutes.");
  const untilMs = performance.now() + longestMs;
  while (performance.now() < untilMs) {
    const response = await ask(hand, "GET", `${path}/authorization`);
    if (response?.status === 200) return tellEnd(hand, (await response.json()) as AuthorizationEnd);
    // Nothing came within a minute: it is asked again.
    if (response?.status === 204) continue;
    // It is being started again: what was asked for is kept, and may have been answered meanwhile.
    await pause(againMs);
    const now = await begin(hand, path);
    if (now !== undefined && now.authorizationUrl !== begun.authorizationUrl) return tellState(hand, now);
  }
  hand.say("No answer came. Begin again.");
  return false;
}

/** Forgets the authorization of a server. True: it is forgotten. [O87] */
export async function signOutByHand(hand: ByHand, name: string): Promise<boolean> {
  const response = await ask(hand, "DELETE", `/v1/servers/${encodeURIComponent(name)}/authorization`);
  if (response === undefined) return notThere(hand);
  hand.say(
    response.ok ? `The authorization of ${name} is forgotten here; its issuer still knows it.` : await response.text(),
  );
  return response.ok;
}

/** Where each server of a running Kingly stands, in words; undefined when none runs. */
export async function statesByHand(hand: ByHand): Promise<ReadonlyMap<string, string> | undefined> {
  const response = await ask(hand, "GET", "/v1/servers");
  if (response?.ok !== true) return undefined;
  const { items } = (await response.json()) as {
    readonly items: readonly (ConsentState & { readonly name: string })[];
  };
  return new Map(
    items.map(({ name, status, reason }) => {
      const isSimple = reason === undefined || status === "ready" || status === "starting";
      return [name, isSimple ? status : `${status}: ${reason.message} ${reason.hint}`];
    }),
  );
}

async function begin(hand: ByHand, path: string): Promise<ConsentState | undefined> {
  const response = await ask(hand, "POST", `${path}/authorize`);
  if (response === undefined || response.status === 503) return undefined;
  if (response.ok) return (await response.json()) as ConsentState;
  throw new Error(await response.text());
}

async function ask({ port, token }: ByHand, method: string, path: string): Promise<Response | undefined> {
  try {
    return await fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { authorization: `Bearer ${token}` } });
  } catch {
    return undefined;
  }
}

function tellState({ say }: ByHand, { server, status, reason }: ConsentState): boolean {
  if (status === "ready") say(`${server} is ready; there is nothing to consent to.`);
  else say(`${server} is ${status}. ${reason?.message ?? ""} ${reason?.hint ?? ""}`.trim());
  return status === "ready";
}

function tellEnd({ say }: ByHand, end: AuthorizationEnd): boolean {
  say(end.ok ? `${end.server} is authorized, and ${end.status} now.` : `${end.error.message} ${end.error.hint}`);
  return end.ok;
}

function notThere({ say, port }: ByHand): boolean {
  say(`Kingly does not answer on port ${port}; start it first.`);
  return false;
}
