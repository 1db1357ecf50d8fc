const letters = "abcdefghijklmnopqrstuvwxyz";
const signs = `${letters}0123456789`;

/** Makes a seal for one turn: four signs, the first a letter, such as `k7q2`. [C42]
 *
 * Tell it to the model in this turn's prompt and give it to the scanner; never show it to anybody else, and make a
 * new one for the next turn. `fraction` gives chances in [0, 1); use a cryptographic source. */
export function createSeal(random: { fraction(): number }): string {
  const pick = (from: string): string => from.charAt(Math.floor(random.fraction() * from.length));
  return pick(letters) + pick(signs) + pick(signs) + pick(signs);
}
