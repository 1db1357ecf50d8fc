/** What `--help` prints. */
export const helpText = `Starts Kingly: the gateway and the orchestrator, watched over, and prints one URL.

Usage
  pnpm start [--no-page]   start both apps; Ctrl-C stops them
  pnpm dev                 the same, and a changed source starts its app again (--watch)

Flags
  --watch      start an app again when its sources change; build the page again too
  --no-page    do not build the page; the HTTP routes work without it
  -h, --help   print this text

Settings (environment)
  KINGLY_HOME                folder of all data, token and logs    .kingly in the working folder
  KINGLY_GATEWAY_PORT        port of the page and of the routes    7700
  KINGLY_ORCHESTRATOR_PORT   port between the two apps             7701
  KINGLY_TOKEN               the token, at least 16 characters     made once, kept in the home
  KINGLY_DATABASE            path of the database file             kingly.db in the home
  KINGLY_MODELS              off: no model is looked for           what is found joins in
  KINGLY_LOG                 debug, info, warn or error            info
  MCP servers stand in kingly.config.json, in the home or in the working folder.

Examples
  pnpm start
  KINGLY_HOME=~/kingly pnpm start
  KINGLY_GATEWAY_PORT=8800 KINGLY_ORCHESTRATOR_PORT=8801 pnpm start

To verify, back up and restore the database: node apps/orchestrator/src/keep.ts
Logs are in run/gateway.log and run/orchestrator.log of the home.
Exit codes: 0 stopped, 1 something must be changed first (said in one sentence).
`;
