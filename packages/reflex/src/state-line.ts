import type { CompiledLanguage } from "./compile-language.ts";

/** Says how one thing stands: “Auth system” is running, 40 %. Progress is 0 to 1, shown while it says something. */
export function stateLine(
  thing: { readonly title: string; readonly status: string; readonly progress?: number | undefined },
  language: CompiledLanguage,
): string {
  const { progress } = thing;
  const percent = progress !== undefined && progress > 0 && progress < 1 ? Math.floor(progress * 100) : undefined;
  return language.language.replies.state(thing.title, thing.status.replaceAll("_", " "), percent);
}
