import { isAbsolute, relative, resolve } from "node:path";
import type { Permission } from "./mind-settings.ts";
import type { WorkOrigin } from "./work.ts";

/** A call that a model wants, and what is known of it. */
export interface CallQuestion {
  readonly origin: WorkOrigin;
  readonly server: string;
  readonly tool: string;
  readonly isReadOnly: boolean;
  readonly isDestructive: boolean;
  readonly args: unknown;
  /** What the person said of the task themselves. */
  readonly said: string;
}

/** What the policy knows. */
export interface Policy {
  readonly tools: Readonly<Record<string, Permission>>;
  /** The servers whose own words about their tools are known to be true. */
  readonly shipped: ReadonlySet<string>;
  /** The one folder of the server `files`. */
  readonly filesFolder: string;
  readonly holdsSecret: (text: string) => boolean;
}

/** May it run, must a person be asked, or never; `why` is for the model and the person. */
export interface CallVerdict {
  readonly verdict: Permission;
  readonly why: string;
}

const allow: CallVerdict = { verdict: "allow", why: "It may run." };

/** Decides whether a call may run: by the settings, who wants it, what its server says of it, and what stands in its
 * arguments. What nobody has allowed is asked. [O45] */
export function decideCall(policy: Policy, call: CallQuestion): CallVerdict {
  const exact = settingOf(policy, `${call.server}.${call.tool}`);
  const setting = exact ?? settingOf(policy, `${call.server}.*`);
  if (setting === "deny") return { verdict: "deny", why: "The settings forbid this tool." };
  const texts = textsOf(call.args);
  if (policy.holdsSecret(JSON.stringify(call.args)) || policy.holdsSecret(texts.join("\n"))) {
    return { verdict: "deny", why: "The arguments hold a secret." };
  }
  const isShipped = policy.shipped.has(call.server);
  if (isShipped && call.server === "files" && pathsOf(call.args).some((path) => isOutside(policy.filesFolder, path))) {
    return { verdict: "deny", why: "The path is outside the folder of the files." };
  }
  // An address that the person has not named may carry away what the model has read.
  const said = call.said.toLowerCase();
  const strange = texts.flatMap(addressesOf).find((address) => !said.includes(address));
  if (strange !== undefined && exact !== "allow") {
    return { verdict: "ask", why: `It names the address ${strange.slice(0, 100)}, which the person did not name.` };
  }
  if (setting === "ask") return { verdict: "ask", why: "The settings ask for it each time." };
  if (call.isReadOnly) return allow;
  if (call.origin === "model") return { verdict: "ask", why: "It changes something, and a model wanted the task." };
  if (setting === "allow") return allow;
  if (isShipped && !call.isDestructive) return allow;
  return {
    verdict: "ask",
    why: call.isDestructive ? "It may destroy or overwrite something." : "It changes something.",
  };
}

function settingOf(policy: Policy, name: string): Permission | undefined {
  return Object.hasOwn(policy.tools, name) ? policy.tools[name] : undefined;
}

/** Every text in a value: keys too. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsOf(inner)]);
}

const address =
  /(?:[a-z][a-z0-9+.-]{1,20}:\/\/|(?:mailto|data|javascript|tel|sms):|\/\/|\\\\)[^\s"'<>]{3,}|\bwww\.[^\s"'<>]{3,}|[\w.+-]+@[\w-]+\.[\w.-]+|\b\d{1,3}(?:\.\d{1,3}){3}\b(?::\d+)?/gi;

function addressesOf(text: string): readonly string[] {
  return [...text.normalize("NFKC").matchAll(address)].map(([found]) => found.toLowerCase().replace(/[).,;\]]+$/, ""));
}

const pathKeys: ReadonlySet<string> = new Set(["path", "paths", "source", "destination"]);

function pathsOf(args: unknown): readonly string[] {
  if (typeof args !== "object" || args === null) return [];
  return Object.entries(args).flatMap(([key, value]) => (pathKeys.has(key) ? textsOf(value) : []));
}

function isOutside(folder: string, path: string): boolean {
  if (path.includes("\0") || path.startsWith("~") || /^file:/i.test(path)) return true;
  const way = relative(folder, resolve(folder, path));
  return way === ".." || way.startsWith("../") || way.startsWith("..\\") || isAbsolute(way);
}
