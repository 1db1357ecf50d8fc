/** A question that waits for a person: its id names exactly this message and these arguments. */
export interface Ask {
  readonly id: string;
  readonly runTitle: string;
  readonly message: string;
  readonly arguments: unknown;
}

/** A file of a workflow that did not load, and where to begin to mend it. */
export interface NotLoaded {
  readonly file: string;
  readonly problems: readonly {
    readonly line: number;
    readonly column: number;
    readonly message: string;
    readonly hint: string;
  }[];
}

/** What of the workflows no event tells. */
export interface WorkflowNews {
  readonly asks: readonly Ask[];
  readonly notLoaded: readonly NotLoaded[];
  /** The orchestrator is away: what is not there is not known. */
  readonly isStale: boolean;
}

/** Nothing waits, as far as is known. */
export const noWorkflowNews: WorkflowNews = { asks: [], notLoaded: [], isStale: true };

/** Reads the answer of `GET /v1/workflows`: what waits of runs, then what waits of tasks. [G22][G84] */
export function readWorkflowNews(answer: unknown): WorkflowNews {
  const { items, asks, notLoaded, stale } = (answer ?? {}) as {
    readonly items?: unknown;
    readonly asks?: unknown;
    readonly notLoaded?: unknown;
    readonly stale?: unknown;
  };
  const runs = Array.isArray(items) ? (items as readonly { readonly title?: unknown; readonly asks?: unknown }[]) : [];
  const ofTasks = Array.isArray(asks)
    ? (asks as readonly (Omit<Ask, "runTitle"> & { readonly title?: unknown })[])
    : [];
  return {
    isStale: stale === true,
    asks: [
      ...runs.flatMap(({ title, asks: ofRun }) =>
        (Array.isArray(ofRun) ? (ofRun as readonly Omit<Ask, "runTitle">[]) : []).map((ask) => ({
          ...ask,
          runTitle: textOf(title),
        })),
      ),
      ...ofTasks.map(({ title, ...ask }) => ({ ...ask, runTitle: textOf(title) })),
    ],
    notLoaded: Array.isArray(notLoaded) ? (notLoaded as readonly NotLoaded[]) : [],
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
