/** The limits of the language. What is beyond them is refused, never truncated. [C7]
 *
 * `frameBytes`: UTF-8 bytes of one line. `depth`: objects and arrays inside each other, the outermost counts as 1.
 * `cidLength`: letters and digits after `#`. `fields`: fields of one line, unknown ones included.
 * `commandLength`: UTF-16 units of one command in prose, its bracket included. */
export const limits: {
  readonly frameBytes: 65_536;
  readonly depth: 16;
  readonly cidLength: 16;
  readonly fields: 8;
  readonly commandLength: 4096;
} = { frameBytes: 65_536, depth: 16, cidLength: 16, fields: 8, commandLength: 4096 };
