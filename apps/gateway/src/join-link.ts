import type { LinkServer, Socket } from "@kingly/link";
import type { FairIntake } from "./limits/fair-intake.ts";
import type { RateLimits } from "./limits/rate-limits.ts";
import type { LinkSession } from "./on-link.ts";
import type { Person } from "./people.ts";
import { createRepeatGuard } from "./repeat-guard.ts";
import type { Workspace } from "./workspace.ts";

/** Joins the socket of somebody who was let in to the link of a workspace, by whatever way it came. Gives what is to be
 * called when the socket is gone. */
export type JoinLink = (peer: Socket, who: string, person: Person, workspace: Workspace) => () => void;

/** Creates what joins: each link has its rates and its guard, and is told what is true now and every change of it, so that
 * nobody has to look. [G28][G85] */
export function createJoinLink(deps: {
  readonly link: LinkServer<LinkSession>;
  readonly rates: RateLimits;
  readonly intake: FairIntake;
  /** How long the same request of one link is asked back. */
  readonly askAgainMs: number;
}): JoinLink {
  return (peer, who, person, workspace) => {
    const connection = deps.link.accept(deps.intake(peer), {
      workspace,
      person,
      take: deps.rates.connection(who),
      repeats: createRepeatGuard(deps.askAgainMs),
    });
    // Whole each time: before the hello only the newest note counts.
    const tell = (): void => {
      const back = workspace.backConnected() ? "there" : "away";
      const suggest = workspace.suggestions.of(person.name);
      connection.note({ back, ...(suggest === undefined ? {} : { suggest }) });
    };
    tell();
    const watches = [workspace.watchBack(tell), workspace.suggestions.watch(person.name, tell)];
    return () => {
      for (const stop of watches) stop();
    };
  };
}
