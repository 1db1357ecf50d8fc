import type {
  DescribedEntity,
  EntityInput,
  RelationInput,
  RelationTypeRule,
  StatedRelation,
  StoreOptions,
} from "../../src/index.ts";
import { cause, openTestStore } from "../open-store.ts";
import type { OpenStore } from "../open-store.ts";

/** A store with short ways to say things about workspace `w`. */
export interface OpenGraph extends OpenStore {
  readonly describe: (name: string, more?: Partial<EntityInput>) => Promise<DescribedEntity>;
  /** `from` and `to` are names of people, or ids that begin with `#`. */
  state(from: string, relationType: string, to: string, more?: Partial<RelationInput>): Promise<StatedRelation>;
  /** All facts as `from type to` by names, sorted, as of a moment. */
  facts(asOf?: { readonly validMs?: number; readonly systemMs?: number }): readonly string[];
}

export const relationTypes: Readonly<Record<string, RelationTypeRule>> = {
  lives_in: { functional: true },
  captain_of: { functional: true, inverseFunctional: true },
  told: { repeatable: true },
};

export async function openGraph(options: StoreOptions & { readonly inMemory?: boolean } = {}): Promise<OpenGraph> {
  const opened = await openTestStore({ relationTypes, ...options });
  const { store } = opened;
  const end = (name: string): string | { readonly name: string; readonly entityType: string } =>
    name.startsWith("#") ? name.slice(1) : { name, entityType: "person" };
  return {
    ...opened,
    describe: (name, more = {}) =>
      opened.write((unit) =>
        store.entities.describe(unit, { workspaceId: "w", name, entityType: "person", ...more }, cause),
      ),
    state: (from, relationType, to, more = {}) =>
      opened.write((unit) =>
        store.relations.state(unit, { workspaceId: "w", from: end(from), relationType, to: end(to), ...more }, cause),
      ),
    facts(asOf) {
      const options = asOf === undefined ? {} : { asOf };
      const name = (id: string): string => store.entities.history("w", id).at(-1)?.name ?? id;
      return store.relations
        .list("w", { ...options, limit: 200 })
        .items.map((one) => `${name(one.fromId)} ${one.relationType} ${name(one.toId)}`)
        .toSorted();
    },
  };
}
