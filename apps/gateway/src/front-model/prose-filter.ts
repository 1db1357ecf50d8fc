/** Makes a model's prose fit to be shown and kept, piece by piece. */
export interface ProseFilter {
  /** Gives what of the next piece may be shown. */
  take(piece: string): string;
}

// Controls say nothing to a person, and a NUL can be kept by no row.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const controls = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** Creates a filter that gives at most `maxLength` UTF-16 units, without controls but tab and line feed.
 *
 * A surrogate without its other half becomes U+FFFD; one at the end of a piece waits for the next. */
export function createProseFilter(maxLength: number): ProseFilter {
  let left = maxLength;
  let half = "";
  return {
    take(piece) {
      let text = half + piece;
      half = "";
      if (/[\ud800-\udbff]$/.test(text)) {
        half = text.slice(-1);
        text = text.slice(0, -1);
      }
      text = text.replace(controls, "").toWellFormed();
      if (text.length > left) {
        text = text.slice(0, left);
        // The limit must not cut a pair either.
        if (/[\ud800-\udbff]$/.test(text)) text = text.slice(0, -1);
        left = 0;
        return text;
      }
      left -= text.length;
      return text;
    },
  };
}
