import { StringDecoder } from "node:string_decoder";

/** Cuts what a process writes into lines; one longer than `maxChars` is given in pieces. */
export function createLineSplitter(
  onLine: (line: string) => void,
  maxChars = 8192,
): { push(chunk: Buffer): void; end(): void } {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  const cut = (): void => {
    for (;;) {
      const end = rest.indexOf("\n");
      if (end < 0 && rest.length <= maxChars) return;
      const stop = end < 0 || end > maxChars ? maxChars : end;
      onLine(rest.slice(0, stop).trimEnd());
      rest = rest.slice(stop === end ? stop + 1 : stop);
    }
  };
  return {
    push(chunk) {
      rest += decoder.write(chunk);
      cut();
    },
    end() {
      rest += decoder.end();
      cut();
      if (rest !== "") onLine(rest.trimEnd());
      rest = "";
    },
  };
}
