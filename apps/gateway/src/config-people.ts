import { isName, isWorkspaceName } from "./check-utterance.ts";
import type { PersonSettings } from "./people.ts";

const maxPeople = 1000;

/** Checks `people` of the settings: a list of `{name, tokenSha256, workspaces?}`. Returns what is wrong, or nothing. [G24] */
export function faultOfPeople(settings: unknown): string | undefined {
  if (!Array.isArray(settings) || settings.length > maxPeople) return `/people must be a list of at most ${maxPeople}`;
  const names = new Set<string>(["owner"]);
  for (const [index, entry] of settings.entries()) {
    const fault = faultOfPerson(entry);
    if (fault !== undefined) return `/people/${index}${fault}`;
    const { name } = entry as PersonSettings;
    if (names.has(name)) return `/people/${index}/name must differ from the others and from owner`;
    names.add(name);
  }
  return undefined;
}

function faultOfPerson(entry: unknown): string | undefined {
  if (typeof entry !== "object" || entry === null) return " must be object";
  const other = Object.keys(entry).find((key) => !["name", "tokenSha256", "workspaces"].includes(key));
  if (other !== undefined) return ` must have no other keys than name, tokenSha256 and workspaces (${other})`;
  const { name, tokenSha256, workspaces } = entry as Partial<Record<keyof PersonSettings, unknown>>;
  if (!isName(name) || name.length > 32) return "/name must be 1 to 32 letters, digits, _ and -";
  if (typeof tokenSha256 !== "string" || !/^[0-9a-f]{64}$/.test(tokenSha256)) {
    return "/tokenSha256 must be the SHA-256 of the token as 64 small hexadecimal digits";
  }
  if (workspaces === undefined) return undefined;
  const isList = Array.isArray(workspaces) && workspaces.length > 0 && workspaces.every((one) => isWorkspaceName(one));
  return isList ? undefined : "/workspaces must be a list of names";
}
