// The public API of @kingly/door: the HTTP door of a loopback server. Node only.
export { createDoor } from "./door.ts";
export type { Door, DoorOptions, DoorUpgrade } from "./door.ts";
export { DoorError, isDoorError } from "./door-error.ts";
export type { DoorErrorCode } from "./door-error.ts";
export { ownerName } from "./door-person.ts";
export type { DoorPerson } from "./door-person.ts";
export { harden } from "./harden.ts";
export type { HardenOptions } from "./harden.ts";
export { toAnswer } from "./refusal.ts";
export type { Refusal } from "./refusal.ts";
export type { DoorAnswer, DoorCall, DoorHeaders, Route } from "./route.ts";
export { staticFiles } from "./static-files.ts";
export type { StaticFilesOptions } from "./static-files.ts";
