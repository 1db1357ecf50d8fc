import { isDatabaseError } from "@kingly/sqlite";
import type { Fault, JobToAdd, JobView, Process, Run, World, WorldOptions } from "./engine.ts";

/** A rule in action: the script plays, the fault strikes where it says so, and what must be true at the end is checked. */
export interface Script {
  readonly rule: `Q${number}`;
  readonly title: string;
  readonly options?: WorldOptions;
  /** Returns what must be true when everything has come to its end. */
  play(stage: Stage): Promise<(() => void) | void>;
}

/** What a script works with. */
export interface Stage {
  readonly world: World;
  readonly fault: Fault;
  /** The process that can act now: a frozen one cannot. */
  by(): Process;
  /** Adds a job, again after the fault when it was refused. */
  add(job?: JobToAdd): Promise<number>;
  /** Does it again after the fault when it was refused for a lock or a disk. */
  insist<T>(work: () => Promise<T>): Promise<T>;
  /** Lets the fault happen; `job` is the one that a cancel is aimed at. */
  strike(job?: number): Promise<void>;
  job(id: number): JobView | undefined;
  /** All runs of a job, or of all, in the order they began. */
  runs(id?: number): readonly Run[];
  /** The runs that have not ended, those of ghosts included. */
  open(id?: number): readonly Run[];
  /** Ids that `add` gave. */
  readonly added: Set<number>;
  /** Jobs that come from elsewhere: schedules. */
  strangers: boolean;
}

/** Sets the stage of one scenario. */
export function createStage(world: World, fault: Fault): Stage {
  let struck = false;
  const added = new Set<number>();
  const by = (): Process => (struck && fault === "freeze" ? world.two() : world.one());
  const insist = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      if (!isDatabaseError(thrown) || (thrown.code !== "BUSY" && thrown.code !== "FULL")) throw thrown;
      await world.heal();
      return work();
    }
  };
  const runs = (id?: number): Run[] =>
    world
      .all()
      .flatMap((process) => process.runs())
      .filter((run) => id === undefined || run.id === id)
      .toSorted((a, b) => a.order - b.order);
  return {
    world,
    fault,
    by,
    insist,
    async add(job = {}) {
      const { id } = await insist(() => by().add(job));
      added.add(id);
      await world.settle();
      return id;
    },
    async strike(job) {
      struck = true;
      await world.strike(fault, job);
    },
    job: (id) => world.jobs().find((job) => job.id === id),
    runs,
    open: (id) => runs(id).filter((run) => run.isOpen()),
    added,
    strangers: false,
  };
}
