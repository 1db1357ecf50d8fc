/** Makes text that others wrote safe to stand in a prompt: each `[` gets a backslash, so no command opens in it. [C41]
 *
 * A bracket that has one is left, so defusing twice changes nothing more. For prompts only, not for storage. */
export function defuse(text: string): string {
  return text.replace(/(?<!\\)\[/g, "\\[");
}
