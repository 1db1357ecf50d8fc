import { Agent, get, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { DeliverySide } from "../side.ts";

/** An event stream that resumes after the last id, and a POST that is repeated until it is answered. */
export const sseSide: DeliverySide = {
  name: "SSE ring, POST repeated",
  serverFile: "sse.ts",
  open(port, number, onEvent) {
    let isOver = false;
    let last = 0;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const follow = (): void => {
      if (isOver) return;
      let ended = false;
      const again = (): void => {
        if (ended) return;
        ended = true;
        void sleep(50 + Math.random() * 200).then(follow);
      };
      const opened = get({ port, host: "127.0.0.1", headers: { "last-event-id": String(last) } }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          const blocks = (text + part).split("\n\n");
          text = blocks.pop() ?? "";
          for (const block of blocks) {
            last = Number(/^id: (\d+)/.exec(block)?.[1]);
            onEvent(last);
          }
        });
        response.on("error", again).on("close", again);
      });
      opened.on("error", again);
    };
    follow();
    const waiting: number[] = [];
    let isPosting = false;
    const post = (n: number): Promise<boolean> =>
      new Promise((resolve) => {
        const path = `/?client=${number}&n=${n}`;
        const sent = request({ agent, port, host: "127.0.0.1", method: "POST", path, timeout: 3000 }, (response) => {
          response
            .resume()
            .on("end", () => resolve(response.statusCode === 204))
            .on("error", () => resolve(false));
        });
        sent.on("timeout", () => sent.destroy()).on("error", () => resolve(false));
        sent.end();
      });
    const drain = async (): Promise<void> => {
      if (isPosting) return;
      isPosting = true;
      for (let n = waiting[0]; n !== undefined && !isOver; n = waiting[0]) {
        if (await post(n)) waiting.shift();
        else await sleep(50);
      }
      isPosting = false;
    };
    return {
      say(n) {
        waiting.push(n);
        void drain();
      },
      room: () => waiting.length < 64,
      unsettled: () => waiting.length,
      close() {
        isOver = true;
        agent.destroy();
      },
    };
  },
};
