// Signs that look like others, common ones only: Cyrillic, Greek, Armenian and small capital letters, and what passes
// for a colon or a bar. Full-width and other compatibility forms are left to Unicode normalisation.
const rows: readonly (readonly [string, string])[] = [
  ["a", "\u0430\u0251\u03b1\u1d00\u0410\u0391"],
  ["b", "\u0432\u13cf\uab9f\u0299\u0412\u0392\u044c\u042c\u0185"],
  ["c", "\u0441\u1d04\u0421"],
  ["d", "\u0501\u1d05\u0500"],
  ["e", "\u0435\u0454\u03b5\u1d07\u0415\u0395"],
  ["f", "\ua730\u0192"],
  ["g", "\u0261\u050d\u0262"],
  ["h", "\u04bb\u043d\u0570\u029c\u041d\u0397"],
  ["i", "\u0456\u0131\u03b9\u026a\u0406\u0399"],
  ["j", "\u0458\u03f3\u1d0a\u0408"],
  ["k", "\u043a\u03ba\u1d0b\u041a\u039a"],
  ["l", "\u04cf\u029f\u04c0"],
  ["m", "\u043c\u1d0d\u041c\u039c"],
  ["n", "\u0578\u03b7\u0274\u039d"],
  ["o", "\u043e\u03bf\u0585\u1d0f\u041e\u039f"],
  ["p", "\u0440\u03c1\u1d18\u0420\u03a1"],
  ["q", "\u051b\u051a"],
  ["r", "\u0433\u0280"],
  ["s", "\u0455\ua731\u0405"],
  ["t", "\u0442\u03c4\u1d1b\u0422\u03a4"],
  ["u", "\u03c5\u057d\u1d1c"],
  ["v", "\u03bd\u0475\u1d20\u0474"],
  ["w", "\u051d\u03c9\u1d21\u051c"],
  ["x", "\u0445\u03c7\u0425\u03a7"],
  ["y", "\u0443\u03b3\u028f\u0423\u03a5\u04af"],
  ["z", "\u1d22\u0396"],
  [":", "\u02d0\u02f8\u0589\u05c3\u0703\u0704\u2236\ua789\u1361"],
  ["|", "\u2502\u2503\u2223\u01c0\u2758\u23d0\u00a6"],
  ["-", "\u2010\u2012\u2013\u2014\u2212"],
  ["{", "\u2774"],
  ["}", "\u2775"],
  ["[", "\u2772\u3014\u3010"],
  ["]", "\u2773\u3015\u3011"],
  ["/", "\u2044\u2215"],
  ["_", "\u02cd"],
];

/** The plain sign for each code unit that only looks like it. */
export const confusables: ReadonlyMap<number, number> = new Map(
  rows.flatMap(([plain, others]) =>
    Array.from(others, (other): [number, number] => [other.charCodeAt(0), plain.charCodeAt(0)]),
  ),
);
