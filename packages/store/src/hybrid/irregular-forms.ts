// What no rule of stemming finds: each line is one word, its base form first.
const lines =
  `go goes went gone|get got gotten|make made|take took taken|come came|see saw seen|know knew known|think thought|
give gave given|find found|tell told|feel felt|leave left|bring brought|begin began begun|keep kept|hold held|
write wrote written|stand stood|hear heard|mean meant|meet met|run ran|pay paid|sit sat|speak spoke spoken|lead led|
grow grew grown|lose lost|fall fell fallen|send sent|build built|understand understood|draw drew drawn|
break broke broken|spend spent|rise rose risen|drive drove driven|buy bought|wear wore worn|choose chose chosen|
eat ate eaten|drink drank drunk|sing sang sung|swim swam swum|fly flew flown|throw threw thrown|catch caught|
teach taught|sell sold|win won|sleep slept|fight fought|forget forgot forgotten|forgive forgave forgiven|hide hid hidden|
ride rode ridden|ring rang rung|shake shook shaken|shine shone|shoot shot|show showed shown|sink sank sunk|
steal stole stolen|stick stuck|strike struck|swear swore sworn|sweep swept|tear tore torn|wake woke woken|
weave wove woven|seek sought|say said|become became|bite bit bitten|blow blew blown|deal dealt|dig dug|dream dreamt|
feed fed|freeze froze frozen|hang hung|lend lent|light lit|lie lay lain|mistake mistook mistaken|overcome overcame|
prove proven|sew sewn|spin spun|bend bent|bind bound|bleed bled|breed bred|creep crept|flee fled|grind ground|
kneel knelt|learn learnt|spell spelt|swing swung|undergo underwent undergone|weep wept|wind wound|child children|
man men|woman women|person people|foot feet|tooth teeth|mouse mice|goose geese|wife wives|life lives|knife knives|
leaf leaves|shelf shelves|half halves|wolf wolves|good better best|bad worse worst`
    .replaceAll("\n", "")
    .split("|")
    .map((line) => line.split(" "));

const byForm = new Map<string, readonly string[]>();
for (const forms of lines) for (const form of forms) if (!byForm.has(form)) byForm.set(form, forms);

/** Returns all forms of an irregular English word, its base form first (`went`: go, goes, went, gone), else the word alone. */
export function irregularForms(word: string): readonly string[] {
  return byForm.get(word) ?? [word];
}
