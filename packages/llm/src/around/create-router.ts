import type { Clock } from "@kingly/runtime";
import { LlmError } from "../llm-error.ts";
import type { Model, ModelEvent, ModelRequest } from "../model.ts";
import { withDeadline } from "../with-deadline.ts";
import { tryInOrder } from "./try-in-order.ts";
import { hasBreaker } from "./with-breaker.ts";
import type { BreakerState } from "./with-breaker.ts";

/** One route: what it is for, and the models that can do it, all alike. */
export interface Route {
  /** The purposes of requests that take it; "*" takes what no other route does. */
  readonly purposes: readonly string[];
  readonly models: readonly Model[];
}

/** How the instances of a router are asked. */
export interface RouterOptions {
  /** @default "router" */
  readonly name?: string;
  readonly routes: readonly Route[];
  /** Milliseconds of silence from an instance before the next is asked; the last is waited for. @default no limit */
  readonly silenceMs?: number;
  /** How long an instance that failed comes last, in milliseconds. @default 10,000 */
  readonly shyMs?: number;
}

/** How one model of a router stands. */
export interface InstanceState {
  readonly name: string;
  /** The purposes it is asked for. */
  readonly purposes: readonly string[];
  readonly inFlight: number;
  readonly asked: number;
  readonly failed: number;
  /** Milliseconds to its first word, newer ones counting more; undefined until there was one. */
  readonly firstWordMs: number | undefined;
  readonly breaker?: BreakerState;
}

/** A model that asks the right one of others, and tells how they stand. */
export interface RouterModel extends Model {
  instances(): readonly InstanceState[];
}

interface Instance {
  readonly model: Model;
  readonly purposes: Set<string>;
  inFlight: number;
  asked: number;
  failed: number;
  failedAtMs: number;
  firstWordMs: number | undefined;
}

/** Creates a model that routes by `purpose` and balances among the instances of a route. [L24]
 *
 * First comes who has no open breaker, then who did not fail just now, then the fewest in flight, then the fastest to its
 * first word; when one fails before it has told anything, the next is asked. A purpose without a route is `bad_request`. */
export function createRouter(deps: { readonly clock: Clock }, options: RouterOptions): RouterModel {
  const { name = "router", routes, silenceMs, shyMs = 10_000 } = options;
  const { clock } = deps;
  // A model may stand in several routes; its load is one.
  const instances = new Map<Model, Instance>();
  for (const { purposes, models } of routes) {
    for (const model of models) {
      const known = instances.get(model) ?? create(model);
      for (const purpose of purposes) known.purposes.add(purpose);
      instances.set(model, known);
    }
  }

  const rank = ({ model, inFlight, failedAtMs, firstWordMs = 0 }: Instance): readonly number[] => [
    hasBreaker(model) && model.breaker().state === "open" ? 1 : 0,
    clock.monotonicMs() - failedAtMs < shyMs ? 1 : 0,
    inFlight,
    firstWordMs,
  ];
  const order = (route: Route): readonly Model[] =>
    route.models
      .map((model) => ({ model, rank: rank(instances.get(model) ?? create(model)) }))
      .toSorted((one, other) => compare(one.rank, other.rank))
      .map(({ model }) => model);
  const onAsk = (model: Model): ((outcome: { readonly failed: boolean }) => void) => {
    const instance = instances.get(model) ?? create(model);
    instance.asked += 1;
    instance.inFlight += 1;
    let isOver = false;
    return ({ failed }) => {
      if (isOver) return;
      isOver = true;
      instance.inFlight -= 1;
      if (!failed) return;
      instance.failed += 1;
      instance.failedAtMs = clock.monotonicMs();
    };
  };

  async function* stream(request: ModelRequest): AsyncGenerator<ModelEvent> {
    const route =
      routes.find(({ purposes }) => request.purpose !== undefined && purposes.includes(request.purpose)) ??
      routes.find(({ purposes }) => purposes.includes("*"));
    if (route === undefined) {
      const purpose = request.purpose ?? "without a purpose";
      throw new LlmError("bad_request", `No route of ${name} takes a request ${purpose}. Add one, or one for "*".`);
    }
    let askedAtMs = 0;
    yield* tryInOrder(order(route), request, clock, {
      silenceMs,
      onAsk: (model) => {
        askedAtMs = clock.monotonicMs();
        return onAsk(model);
      },
      onFirst: (model) => {
        const instance = instances.get(model);
        if (instance === undefined) return;
        const tookMs = clock.monotonicMs() - askedAtMs;
        instance.firstWordMs = instance.firstWordMs === undefined ? tookMs : instance.firstWordMs * 0.8 + tookMs * 0.2;
      },
    });
  }
  return {
    ...withDeadline({ name, stream }, { clock }),
    instances: () =>
      [...instances.values()].map(({ model, purposes, inFlight, asked, failed, firstWordMs }) => ({
        name: model.name,
        purposes: [...purposes],
        inFlight,
        asked,
        failed,
        firstWordMs,
        ...(hasBreaker(model) ? { breaker: model.breaker() } : {}),
      })),
  };
}

function create(model: Model): Instance {
  return {
    model,
    purposes: new Set(),
    inFlight: 0,
    asked: 0,
    failed: 0,
    failedAtMs: Number.NEGATIVE_INFINITY,
    firstWordMs: undefined,
  };
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (const [index, value] of one.entries()) {
    const difference = value - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
