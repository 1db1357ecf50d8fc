import type { Clock } from "@kingly/runtime";
import type { Model } from "../model.ts";
import { withDeadline } from "../with-deadline.ts";
import { tryInOrder } from "./try-in-order.ts";

/** How the models of a failover are asked. */
export interface FailoverOptions {
  /** @default the names, joined by " or " */
  readonly name?: string;
  /** Milliseconds of silence from a model before the next is asked; the last is waited for. @default no limit */
  readonly silenceMs?: number;
}

/** Creates one model of several: the next is asked when one fails before it has told anything. [L23]
 *
 * What has been told is never told again by another. The request's deadline holds for all together. */
export function createFailover(
  deps: { readonly clock: Clock },
  models: readonly Model[],
  options: FailoverOptions = {},
): Model {
  const { silenceMs, name = models.map((model) => model.name).join(" or ") } = options;
  const { clock } = deps;
  return withDeadline({ name, stream: (request) => tryInOrder(models, request, clock, { silenceMs }) }, { clock });
}
