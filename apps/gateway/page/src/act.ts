import type { PersonCommand } from "../../src/person-command.ts";

/** Does something by hand; returns in words why it was not taken, or undefined. */
export type Act = (text: string, command: PersonCommand) => string | undefined;
