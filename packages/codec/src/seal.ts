const letters = "abcdefghijklmnopqrstuvwxyz";
const signs = `${letters}0123456789`;

/** Makes a seal for one turn: four signs, the first a letter, such as `k7q2`. [C42]
 *
 * Tell it to the model in this turn's prompt and give it to the scanner; never show it to anybody else, and make a
 * new one for the next turn. `fraction` gives chances in [0, 1); use a cryptographic source.
 * Throws RangeError for a chance that is none. */
export function createSeal(random: { fraction(): number }): string {
  const pick = (from: string): string => {
    const fraction = random.fraction();
    // Whatever else came of it, it would be no secret.
    if (!(fraction >= 0 && fraction < 1))
      throw new RangeError(`fraction must give numbers in [0, 1), got ${fraction}.`);
    return from.charAt(Math.floor(fraction * from.length));
  };
  return pick(letters) + pick(signs) + pick(signs) + pick(signs);
}
