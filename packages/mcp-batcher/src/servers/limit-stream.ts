/** What passes through a body: how it ended, and whether it named an event to resume from. */
export interface BodyWatch {
  /** Bytes of one event, or of a whole body that is no stream of events. */
  readonly maxBytes: number;
  readonly isEvents: boolean;
  /** Told once, when the body has ended or broke off. `isResumable`: an event had an id. */
  readonly onEnd: (isResumable: boolean) => void;
}

const lineFeed = 10;
const carriageReturn = 13;

/** Hands a body on, counting: more than `maxBytes` in one event (or body) breaks it off. [M38] */
export function limitStream(body: ReadableStream<Uint8Array>, watch: BodyWatch): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let count = 0;
  let lastFeed = false;
  let isResumable = false;
  let told = false;
  const end = (): void => {
    if (told) return;
    told = true;
    watch.onEnd(isResumable);
  };
  const measure = (chunk: Uint8Array): void => {
    if (!watch.isEvents) {
      count += chunk.byteLength;
      return;
    }
    for (const byte of chunk) {
      if (byte === carriageReturn) continue;
      count = byte === lineFeed && lastFeed ? 0 : count + 1;
      lastFeed = byte === lineFeed;
    }
    isResumable ||= /(?:^|\n)id:/.test(Buffer.from(chunk).toString("latin1"));
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          controller.close();
          return end();
        }
        measure(value);
        if (count > watch.maxBytes) throw new RangeError(`one message takes more than ${watch.maxBytes} bytes`);
        controller.enqueue(value);
      } catch (cause) {
        controller.error(cause);
        void reader.cancel(cause).catch(() => {});
        end();
      }
      return undefined;
    },
    async cancel(reason) {
      end();
      await reader.cancel(reason).catch(() => {});
    },
  });
}
