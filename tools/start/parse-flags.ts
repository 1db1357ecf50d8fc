/** What the person asked for. */
export interface Flags {
  readonly help: boolean;
  readonly watch: boolean;
  /** False: the page is neither built nor checked; what is built already is served. */
  readonly page: boolean;
}

/** Reads the command line. Anything unknown is refused in one sentence, never ignored. */
export function parseFlags(
  args: readonly string[],
): { readonly ok: true; readonly flags: Flags } | { readonly ok: false; readonly message: string } {
  const flags = { help: false, watch: false, page: true };
  for (const arg of args) {
    if (arg === "--help" || arg === "-h") flags.help = true;
    else if (arg === "--watch") flags.watch = true;
    else if (arg === "--no-page") flags.page = false;
    // `npm start -- --watch` and its relatives hand the separator on.
    else if (arg !== "--") {
      return {
        ok: false,
        message: `start does not know ${JSON.stringify(arg.slice(0, 60))}; --help lists what it does.`,
      };
    }
  }
  return { ok: true, flags };
}
