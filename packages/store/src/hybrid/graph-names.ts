import type { AsOf } from "../as-of.ts";
import type { Entities } from "../graph/entities.ts";
import type { Graph } from "../graph/graph.ts";

/** The name of something to which the graph leads from what a text names. */
export interface LinkedName {
  readonly name: string;
  /** Less for weak relations, 0 to 1. */
  readonly closeness: number;
  /** How it is linked, in words for a person. */
  readonly about: string;
}

/** Leads from the entities that a text names to the names of their neighbours. */
export type GraphArm = (workspaceId: string, text: string, asOf: AsOf | undefined) => readonly LinkedName[];

const maxWords = 32;
const longestName = 4;
const maxNamed = 5;
const neighboursEach = 8;

/** Creates the arm over the knowledge graph: up to 5 named entities, up to 8 neighbours of each. [S83] */
export function createGraphArm(deps: {
  readonly entities: Pick<Entities, "get" | "open">;
  readonly graph: Graph;
}): GraphArm {
  const { entities, graph } = deps;
  return (workspaceId, text, asOf) => {
    const at = asOf === undefined ? {} : { asOf };
    const named = entities.open(workspaceId, namesIn(text), { ...at, maxObservations: 0 }).slice(0, maxNamed);
    return named.flatMap((one) =>
      graph.neighbours(workspaceId, one.id, { ...at, limit: neighboursEach }).items.flatMap(({ id, edge }) => {
        const entity = entities.get(workspaceId, id, { ...at, maxObservations: 0 });
        if (entity === undefined) return [];
        const about = `holds “${entity.name}”, which the graph links to “${one.name}” (${edge.relationType})`;
        return [{ name: entity.name, closeness: edge.confidence * edge.strength, about }];
      }),
    );
  };
}

/** Every run of one to four words of a text may be a name. */
function namesIn(text: string): readonly string[] {
  const words =
    text
      .slice(0, 2000)
      .toWellFormed()
      .match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}&.'’-]*/gu)
      ?.slice(0, maxWords) ?? [];
  const plain = words.map((word) => word.replace(/(?:['’]s|[.'’-]+)$/u, "")).filter((word) => word !== "");
  const names = new Set<string>();
  for (const [from] of plain.entries()) {
    for (let count = 1; count <= longestName && from + count <= plain.length; count += 1) {
      names.add(
        plain
          .slice(from, from + count)
          .join(" ")
          .slice(0, 256),
      );
    }
  }
  return [...names];
}
