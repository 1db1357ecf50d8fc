import { BlockList, isIP } from "node:net";
import type { McpBatcherError } from "../../mcp-batcher-error.ts";
import { authorizationFailed } from "./authorization-errors.ts";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Whether an address is this machine by its own words: `localhost`, 127.0.0.0/8 or ::1. */
export function isLoopback(url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const family = isIP(host);
  return family === 0 ? host === "localhost" : loopback.check(host, family === 6 ? "ipv6" : "ipv4");
}

/** Judges an address that somebody else named: https, or http on this machine where the server itself is on it. Nothing is
 * sent to, and nobody is sent to, any other. [M44] */
export function checkOAuthUrl(text: string | URL, what: string, isLocalServer: boolean): URL {
  const refuse = (why: string): McpBatcherError =>
    authorizationFailed(`The ${what} is refused: ${why}.`, "Report it to whoever runs the server; nothing was sent.");
  const url = URL.parse(String(text));
  if (url === null) throw refuse("it is no address");
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw refuse(`its scheme is ${url.protocol.slice(0, 30)} and not https`);
  }
  if (url.username !== "" || url.password !== "") throw refuse("it holds a user or a password");
  if (isLoopback(url)) {
    if (!isLocalServer) throw refuse("it is on this machine, and the server is not");
  } else if (url.protocol === "http:") throw refuse(`http://${url.host} is neither https nor on this machine`);
  return url;
}
