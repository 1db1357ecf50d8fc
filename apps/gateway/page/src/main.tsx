import { connectAnywhere } from "@kingly/link/browser";
import { createSystemClock, createSystemRandom } from "@kingly/runtime";
import { render } from "preact";
import { createBrowserNotices } from "./browser-notices.ts";
import { createGatewayApi } from "./gateway-api.ts";
import { createPageLink } from "./page-link.ts";
import { createPageStore } from "./page-store.ts";
import { createPaintSchedule } from "./paint-schedule.ts";
import { Page } from "./page.tsx";
import { openStorage } from "./open-storage.ts";
import { openSessionOutbox } from "./session-outbox.ts";
import { takeToken } from "./take-token.ts";
import { createTicker } from "./ticker.ts";
import { TickerContext } from "./use-now.ts";
import "./base.css";
import "./status.css";
import "./house.css";
import "./conversation.css";
import "./work.css";
import "./narrow.css";

const clock = createSystemClock();
const settings = openStorage(() => localStorage);
const isHidden = (): boolean => document.hidden;
const outbox = openSessionOutbox(
  openStorage(() => sessionStorage),
  () => clock.nowMs(),
);
const store = createPageStore({
  clock,
  api: createGatewayApi({ fetch: (input, init) => fetch(input, init) }),
  outbox,
  openLink: createPageLink({
    clock,
    random: createSystemRandom(),
    outbox,
    connect: connectAnywhere(
      { clock },
      {
        webSocketUrl: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/v1/link`,
        streamUrl: "/v1/stream",
      },
    ),
  }),
  makeId: () => crypto.randomUUID(),
  isHidden,
  previewWish: {
    get: () => settings.getItem("kingly.preview") === "on",
    set: (isOn) => settings.setItem("kingly.preview", isOn ? "on" : "off"),
  },
  notices: createBrowserNotices(clock, settings),
  schedule: (paint) =>
    createPaintSchedule({ clock, isHidden, nextFrame: (run) => void requestAnimationFrame(run) }, paint),
});

document.addEventListener("visibilitychange", () => store.onVisible(!document.hidden));
addEventListener("focus", () => store.lookAround());
// The start address pasted over an open page changes only the hash: begin again with its token.
addEventListener("hashchange", () => location.reload());
addEventListener("online", () => store.onVisible(true));

const root = document.getElementById("page");
if (root !== null) {
  render(
    <TickerContext.Provider value={createTicker(clock)}>
      <Page store={store} />
    </TickerContext.Provider>,
    root,
  );
  store.start(takeToken(location, history));
}
