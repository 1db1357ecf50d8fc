/** Valid time of the oracle: 80 cells of one ms and one for all that comes after. */
export const cellCount = 81;

/** A stretch of cells: `from` belongs to it, `to` does not. */
export interface Cells {
  readonly from: number;
  readonly to: number;
}

interface Fact {
  readonly id: string;
  readonly from: string;
  readonly type: string;
  readonly to: string;
  readonly words: string;
  /** What is believed in each cell: which telling, and with which strength. */
  cells: readonly (Telling | undefined)[];
}

interface Telling {
  readonly number: number;
  readonly strength: number;
}

/** A fact to state, as the oracle sees it; a time that is left out is now. */
export interface OracleStatement {
  readonly from: string;
  readonly type: string;
  readonly to: string;
  readonly words: string;
  readonly cells?: Cells;
  readonly strength?: number;
  readonly contradicts: readonly string[];
}

export interface OracleRule {
  readonly functional?: boolean;
  readonly inverseFunctional?: boolean;
  readonly repeatable?: boolean;
}

/** What is believed of facts, kept the slow way: one value for each fact and ms. */
export interface FactOracle {
  /** Says it at cell `now`; `newId` is the id when it is a new fact. Returns the id. */
  state(said: OracleStatement, now: number, newId: string): string;
  end(id: string, cells: Cells): void;
  retract(entity: string, cells: Cells): void;
  merge(alias: string, into: string): void;
  separate(alias: string): void;
  root(entity: string): string;
  /** Returns `id from type to strength` of all facts in each cell. */
  snapshot(): readonly (readonly string[])[];
  ids(): readonly string[];
}

export function createFactOracle(rules: Readonly<Record<string, OracleRule>>): FactOracle {
  const facts: Fact[] = [];
  const aliases = new Map<string, string>();
  let tellings = 0;
  const root = (entity: string): string => {
    const up = aliases.get(entity);
    return up === undefined ? entity : root(up);
  };
  const clear = (fact: Fact, { from, to }: Cells): void => {
    fact.cells = fact.cells.map((telling, cell) => (cell >= from && cell < to ? undefined : telling));
  };
  /** The runs of cells that one telling fills. */
  const partsOf = (fact: Fact): readonly Cells[] => {
    const parts: { from: number; to: number }[] = [];
    for (const [cell, telling] of fact.cells.entries()) {
      if (telling === undefined) continue;
      const last = parts.at(-1);
      if (last?.to === cell && fact.cells[cell - 1]?.number === telling.number) last.to += 1;
      else parts.push({ from: cell, to: cell + 1 });
    }
    return parts;
  };
  const meets = (left: Cells, right: Cells): boolean => left.from < right.to && right.from < left.to;

  return {
    state(said, now, newId) {
      const rule = rules[said.type] ?? {};
      const [from, to] = [root(said.from), root(said.to)];
      const known = facts.find(
        (fact) =>
          root(fact.from) === from && fact.type === said.type && root(fact.to) === to && fact.words === said.words,
      );
      const rivals = facts.filter((fact) => {
        if (fact === known) return false;
        if (said.contradicts.includes(fact.id)) return true;
        if (fact.type !== said.type) return false;
        const sameFrom = root(fact.from) === from;
        const sameTo = root(fact.to) === to;
        if (rule.functional === true && sameFrom) return true;
        if (rule.inverseFunctional === true && sameTo) return true;
        return rule.repeatable !== true && sameFrom && sameTo;
      });
      const present =
        said.cells === undefined
          ? known && partsOf(known).find((part) => meets(part, { from: now, to: now + 1 }))
          : undefined;
      const told = present === undefined ? (said.cells ?? { from: now, to: cellCount }) : { from: now, to: present.to };
      const settling = present === undefined && known !== undefined ? [...rivals, known] : rivals;

      // Until the next that begins later; all that began before, or now, ends here.
      let end = told.to;
      const ends: { readonly fact: Fact; readonly part: Cells }[] = [];
      for (const fact of settling) {
        for (const part of partsOf(fact).filter((one) => meets(one, told))) {
          if (part.from > told.from) end = Math.min(end, part.from);
          else ends.push({ fact, part: { from: told.from, to: part.to } });
        }
      }
      const own = known?.cells[told.from];
      const before = known && partsOf(known).find((part) => meets(part, { from: told.from, to: told.from + 1 }));
      const isSame =
        known !== undefined &&
        own !== undefined &&
        (said.strength === undefined || own.strength === said.strength) &&
        (present !== undefined || (before?.from === told.from && before.to === end)) &&
        ends.every(({ fact }) => fact === known);
      if (isSame) return known.id;
      for (const { fact, part } of ends) clear(fact, part);
      const fact: Fact = known ?? {
        id: newId,
        from,
        type: said.type,
        to,
        words: said.words,
        cells: Array.from({ length: cellCount }, () => undefined),
      };
      if (known === undefined) facts.push(fact);
      tellings += 1;
      const telling = { number: tellings, strength: said.strength ?? own?.strength ?? 1 };
      fact.cells = fact.cells.map((old, cell) => (cell >= told.from && cell < end ? telling : old));
      return fact.id;
    },
    end(id, cells) {
      const fact = facts.find((one) => one.id === id);
      if (fact !== undefined) clear(fact, cells);
    },
    retract(entity, cells) {
      for (const fact of facts) {
        if (root(fact.from) === root(entity) || root(fact.to) === root(entity)) clear(fact, cells);
      }
    },
    merge(alias, into) {
      const [left, right] = [root(alias), root(into)];
      if (left !== right) aliases.set(left, right);
    },
    separate: (alias) => void aliases.delete(alias),
    root,
    snapshot: () =>
      Array.from({ length: cellCount }, (_, cell) =>
        facts
          .flatMap((fact) => {
            const telling = fact.cells[cell];
            return telling === undefined
              ? []
              : [`${fact.id} ${root(fact.from)} ${fact.type} ${root(fact.to)} ${telling.strength}`];
          })
          .toSorted(),
      ),
    ids: () => facts.map(({ id }) => id),
  };
}
