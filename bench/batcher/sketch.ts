/** A batcher as one writes it on a first day: ten operations or 100 ms, then `Promise.all`.
 *
 * `add` resolves when its operation was put down, or, for every tenth, when its batch is over; nobody gets a result. */
export class SketchBatcher<Operation> {
  readonly #execute: (operation: Operation) => Promise<unknown>;
  readonly #onFlush: (flushed: Promise<unknown>) => void;
  #batch: Operation[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `onFlush` is the bench's window into it: without one, who waits for a timer's batch? */
  constructor(execute: (operation: Operation) => Promise<unknown>, onFlush: (flushed: Promise<unknown>) => void) {
    this.#execute = execute;
    this.#onFlush = onFlush;
  }

  async add(operation: Operation): Promise<void> {
    this.#batch.push(operation);
    if (this.#batch.length >= 10) await this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), 100);
  }

  async flush(): Promise<readonly unknown[]> {
    const operations = this.#batch;
    this.#batch = [];
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const results = Promise.all(operations.map((operation) => this.#execute(operation)));
    this.#onFlush(results);
    return results;
  }
}
