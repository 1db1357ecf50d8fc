/** What a server of this bench is started with. */
export const port: number = Number(process.argv[2]);

/** What one event carries: its number, when it was published (ns of the machine's clock), and some text. */
export interface Published {
  readonly n: number;
  readonly at: number;
  readonly text: string;
}

const text = "The landing page for the spring campaign is ready: three drafts, two pictures, one open question.";

/** Publishes when the bench says so: `{events, perSecond}`; tells it when all are out. At 0 a second: all at once. */
export function publishWhenTold(publish: (event: Published) => void): void {
  let n = 0;
  const next = (): void => publish({ n: (n += 1), at: Number(process.hrtime.bigint()), text });
  process.on("message", ({ events, perSecond }: { readonly events: number; readonly perSecond: number }) => {
    if (perSecond === 0) {
      for (let left = events; left > 0; left -= 1) next();
      process.send?.({ published: true });
      return;
    }
    let left = events;
    const timer = setInterval(() => {
      next();
      left -= 1;
      if (left > 0) return;
      clearInterval(timer);
      process.send?.({ published: true });
    }, 1000 / perSecond);
  });
  process.on("disconnect", () => process.exit(0));
}
