import type { DoorAnswer, Route } from "@kingly/door";
import type { Servers } from "@kingly/mcp-batcher/servers";
import { callbackPath } from "./consents.ts";
import type { Consents } from "./consents.ts";

/** The routes by which a person authorizes servers: where browsers come back to, open to everybody, and what the command
 * line asks for, with the token of the home. [O86][O87] */
export function consentRoutes(consents: Consents, servers: Servers): readonly Route[] {
  return [
    {
      method: "GET",
      path: callbackPath,
      open: true,
      async handle({ request, url }) {
        // An answer counts once: who only looks whether the page is there must not use it up.
        if (request.method !== "GET") return page(200, "A browser comes back here with a consent.");
        // An image or a script of another page is no person who comes back, and not worth a line of the log.
        if (request.headers["sec-fetch-mode"] === "no-cors") return page(400, "Open this address as a page.");
        const end = await consents.answer(url.search);
        if (!end.ok) return page(400, `Not authorized. ${end.error.message} ${end.error.hint}`);
        return page(200, `${end.server} is authorized, and ${end.status} now. You can close this page.`);
      },
    },
    {
      method: "GET",
      path: "/v1/servers",
      handle: () => ({
        status: 200,
        json: { items: servers.states().map(({ name, status, reason }) => ({ name, status, reason })) },
      }),
    },
    {
      method: "POST",
      path: "/v1/servers/:name/authorize",
      async handle({ params, signal }) {
        const state = await consents.begin(params["name"] ?? "", signal);
        return state === undefined ? unknown(params["name"]) : { status: 200, json: state };
      },
    },
    {
      method: "GET",
      path: "/v1/servers/:name/authorization",
      async handle({ params, signal }) {
        const end = await consents.wait(params["name"] ?? "", signal);
        return end === undefined ? { status: 204 } : { status: 200, json: end };
      },
    },
    {
      method: "DELETE",
      path: "/v1/servers/:name/authorization",
      async handle({ params }) {
        const done = await servers.forgetAuthorization(params["name"] ?? "");
        return done.ok ? { status: 204 } : unknown(params["name"]);
      },
    },
  ];
}

// Text and nothing else: what authorization servers say of themselves is in it.
function page(status: number, words: string): DoorAnswer {
  return { status, text: `${words}\n`, contentType: "text/plain; charset=utf-8" };
}

function unknown(name = ""): DoorAnswer {
  const message = `There is no server ${name}.`;
  return { status: 404, json: { error: { code: "server_unknown", message, hint: "Look at the settings." } } };
}
