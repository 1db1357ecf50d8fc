import { doubtful } from "../candidate.ts";
import type { Candidate, ReadIntent, Scene } from "../candidate.ts";
import { confidence } from "../confidence.ts";
import { doubtIn } from "../guards.ts";
import { title } from "../title.ts";
import type { Token } from "../token.ts";
import { workKind } from "../work-kind.ts";

/** Reads the wish for a task: "create auth system", "fix the login bug", "add a task to call Bob". [RX7]
 *
 * Verbs of making fall out of the title, verbs of working stay. "Make" and verbs of working need a noun of work
 * beside them, because people also make coffee and fix dates. */
export const readCreate: ReadIntent = (scene) => {
  const { heard, language } = scene;
  const { books, sets } = language;
  if (books.createBare.match(heard.tokens) !== undefined) return askTitle(scene, "create: no title");
  const namedTask = books.createNamed.match(heard.tokens)?.slots["title"];
  if (namedTask !== undefined) return create(scene, namedTask, "create: a task with this title");
  const object = books.create.match(heard.tokens)?.slots["title"];
  const verb = heard.tokens[0];
  if (object === undefined || verb === undefined) return undefined;
  // "Build me up", "update me on it", "creating pages is fun": no thing that is to be made.
  const first = object.find((token) => !sets.persons.has(token.key)) ?? verb;
  const isThing = !sets.particles.has(first.key) && !object.some((token) => sets.finite.has(token.key));
  if (!isThing) return doubtful("task_create", confidence.doubtful, "create: perhaps no thing that is to be made");
  const isWork = object.some((token) => sets.workNouns.has(token.key));
  const isForeign = object.some((token) => sets.foreign.has(token.key));
  // "A playlist for running on my music app": what it is stands before the first preposition.
  const headEnd = object.findIndex((token, at) => at > 0 && sets.prepositions.has(token.key));
  const isForeignHead = sets.foreign.has(object.at(headEnd < 1 ? -1 : headEnd - 1)?.key ?? "");
  if (sets.making.has(verb.key)) {
    if (isForeignHead || (isForeign && !isWork))
      return doubtful("task_create", confidence.doubtful, "create: a thing of another program");
    return create(scene, object, "create: a verb of making");
  }
  if (!isWork) return undefined;
  const [next] = object;
  const isOther = verb.key === "make" ? sets.definite : sets.persons;
  if (isOther.has(next?.key ?? "")) return doubtful("task_create", confidence.doubtful, "create: nothing new");
  // "Translate create a page into French": the words behind the verb are a wish themselves.
  if (sets.making.has(next?.key ?? "") || sets.acting.has(next?.key ?? "")) {
    return doubtful("task_create", confidence.doubtful, "create: a wish stands within it");
  }
  if (isForeign) return doubtful("task_create", confidence.doubtful, "create: a thing of another program");
  return create(scene, verb.key === "make" ? object : heard.tokens, "create: a verb of working and a noun of work");
};

/** Creates a task of these words; doubtful when they hold more than a title, or nothing that tells. */
export function create({ heard, language }: Scene, words: readonly Token[], why: string): Candidate {
  const doubt = doubtIn(words, language);
  if (doubt !== undefined) return doubtful("task_create", confidence.doubtful, `${why}, but ${doubt}`);
  const { articles, vague } = language.sets;
  const meaning = words.filter((token) => token.key !== "" && !articles.has(token.key) && !vague.has(token.key));
  if (meaning.length === 0 || words[0]?.text === "") {
    return doubtful("task_create", confidence.doubtful, `${why}, but it points at something said before`);
  }
  const name = title(words, language);
  if (/\p{L}/u.test(name) && !language.language.letter.test(name)) {
    return doubtful("task_create", confidence.doubtful, `${why}, but in another language`);
  }
  const { intentType, complexity } = workKind(heard.tokens, language);
  return {
    intent: "task_create",
    confidence: confidence.clear,
    text: language.language.replies.create(name),
    commands: [{ op: "task_create", title: name, intent_type: intentType, complexity }],
    why,
  };
}

function askTitle({ language }: Scene, why: string): Candidate {
  return { intent: "task_create", confidence: confidence.clear, text: language.language.replies.askTitle, why };
}
