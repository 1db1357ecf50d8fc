/** Speaks to the person who started Kingly. */
export interface Terminal {
  /** A fact with its name before it: `home      /srv/kingly`. */
  fact(name: string, text: string): void;
  /** A heading. */
  title(text: string): void;
  /** Something that happened. */
  note(text: string): void;
  /** Something that went wrong, on stderr. */
  problem(text: string): void;
}

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Creates the terminal. Without a TTY, or with `NO_COLOR`, the same lines come without decoration. */
export function createTerminal(out: Output, err: Output, env: Readonly<Record<string, string | undefined>>): Terminal {
  const plain = out.isTTY !== true || (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  const styled = (code: number, text: string): string => (plain ? text : `\u001B[${code}m${text}\u001B[0m`);
  return {
    fact: (name, text) => void out.write(`  ${styled(2, name.padEnd(8))}  ${toVisible(text)}\n`),
    title: (text) => void out.write(`${styled(1, toVisible(text))}\n`),
    note: (text) => void out.write(`${toVisible(text)}\n`),
    problem: (text) => void err.write(`${toVisible(text)}\n`),
  };
}

// Colours and cursor moves; then what is left of control characters, and what turns the direction of text.
// oxlint-disable-next-line no-control-regex -- finding control characters is the purpose
const sequences = /\u001B\[[0-9;?]*[A-Za-z]/g;
// oxlint-disable-next-line no-control-regex -- the same
const controls = /[\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]+/g;

/** Takes out what would steer a terminal: an app may repeat words that came from outside. */
export function toVisible(text: string): string {
  return text.replaceAll(sequences, "").replaceAll(controls, " ");
}
