import { connectHttp } from "./connect-http.ts";
import { connectStdio } from "./connect-stdio.ts";
import type { Connect } from "./connection.ts";
import { isHttpEntry } from "./server-entry.ts";

/** Reaches a server in the way its entry says. */
export const connect: Connect = (entry, watch) =>
  isHttpEntry(entry) ? connectHttp(entry, watch) : connectStdio(entry, watch);
