/** Keeps secrets out of what is kept, told and asked. [O46] */
export interface Scrub {
  /** Writes `[secret]` in the place of each. */
  clean(text: string): string;
  holds(text: string): boolean;
  /** Keeps these out too, from now on. */
  learn(secrets: readonly string[]): void;
}

// Shorter values would be found everywhere by chance.
const shortest = 8;

/** Creates the scrub for these values, in the forms in which a tool may print them: plain, as in JSON, percent-encoded,
 * base64, hexadecimal, backwards; case does not hide them. */
export function createScrub(secrets: readonly string[]): Scrub {
  const forms = new Set<string>();
  let pattern: RegExp | undefined;
  const learn = (more: readonly string[]): void => {
    for (const secret of more) {
      if (secret.length >= shortest) for (const form of formsOf(secret)) forms.add(form);
    }
    if (forms.size === 0) return;
    // The longest first, so that no part of it is left behind.
    const escaped = [...forms]
      .toSorted((left, right) => right.length - left.length)
      .map((form) => form.replaceAll(/[$()*+.?[\\\]^{|}/-]/g, String.raw`\$&`));
    pattern = new RegExp(escaped.join("|"), "gi");
  };
  learn(secrets);
  return {
    clean: (text) => (pattern === undefined ? text : text.replace(pattern, "[secret]")),
    holds: (text) => pattern !== undefined && text.search(pattern) >= 0,
    learn,
  };
}

function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, "utf8");
  const base64 = bytes.toString("base64").replaceAll("=", "");
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    base64,
    base64.replaceAll("+", "-").replaceAll("/", "_"),
    bytes.toString("hex"),
    Array.from(secret).toReversed().join(""),
  ];
}
