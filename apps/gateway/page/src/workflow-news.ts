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

/** Reads the answer of `GET /v1/workflows`. */
export function readWorkflowNews(answer: unknown): WorkflowNews {
  const { items, notLoaded, stale } = (answer ?? {}) as {
    readonly items?: unknown;
    readonly notLoaded?: unknown;
    readonly stale?: unknown;
  };
  const runs = Array.isArray(items) ? (items as readonly { readonly title?: unknown; readonly asks?: unknown }[]) : [];
  return {
    isStale: stale === true,
    asks: runs.flatMap(({ title, asks }) =>
      (Array.isArray(asks) ? (asks as readonly Omit<Ask, "runTitle">[]) : []).map((ask) => ({
        ...ask,
        runTitle: typeof title === "string" ? title : "",
      })),
    ),
    notLoaded: Array.isArray(notLoaded) ? (notLoaded as readonly NotLoaded[]) : [],
  };
}
