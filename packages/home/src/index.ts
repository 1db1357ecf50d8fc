// The public API of @kingly/home: the folder of a Kingly, its token and its process files. Node only.
export { claimProcess } from "./claim-process.ts";
export type { ProcessClaim } from "./claim-process.ts";
export type { HomeError, HomeErrorCode } from "./home-error.ts";
export { openHome } from "./open-home.ts";
export type { HomeOpening } from "./open-home.ts";
export { prepareHome } from "./prepare-home.ts";
export { processIsAlive } from "./process-is-alive.ts";
export { readConfigFile, toConfigFault } from "./read-config-file.ts";
export type { ConfigReading } from "./read-config-file.ts";
export { readToken } from "./read-token.ts";
export type { TokenReading } from "./read-token.ts";
export { resolveHome } from "./resolve-home.ts";
export type { Environment, Home, HomeProblem } from "./resolve-home.ts";
