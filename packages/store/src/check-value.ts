import { StoreError } from "./store-error.ts";

/** Returns an id of 1 to 128 letters, digits, `_ . : -` that begins with a letter or digit. [S9]
 *
 * Throws StoreError INVALID_VALUE naming `field`; so do the other checks of this file. */
export function checkId(value: string, field: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$/.test(value)) return value;
  throw refused(field, value, "1 to 128 letters, digits, _ . : - beginning with a letter or digit");
}

/** Returns a workspace id: 1 to 64 letters, digits, `_ . -` that begins with a letter or digit. [S9] */
export function checkWorkspaceId(value: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(value)) return value;
  throw refused("workspaceId", value, "1 to 64 letters, digits, _ . - beginning with a letter or digit");
}

/** Returns a text of `minLength` to `maxLength` UTF-16 units without NUL or half of a surrogate pair. */
export function checkText(value: string, field: string, minLength: number, maxLength: number): string {
  const fits = typeof value === "string" && value.length >= minLength && value.length <= maxLength;
  if (fits && value.isWellFormed() && !value.includes("\0")) return value;
  throw refused(field, value, `${minLength} to ${maxLength} characters of well-formed text without NUL`);
}

/** Returns a number from 0 to 1. */
export function checkShare(value: number, field: string): number {
  if (value >= 0 && value <= 1) return value;
  throw refused(field, value, "a number from 0 to 1");
}

/** Returns a time in whole ms since 1970. */
export function checkTimeMs(value: number, field: string): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw refused(field, value, "whole milliseconds since 1970");
}

/** Makes the error that says which field got what, and what it expects. */
export function refused(field: string, value: unknown, expected: string): StoreError {
  const shown = (JSON.stringify(value) ?? String(value)).slice(0, 80);
  return new StoreError("INVALID_VALUE", `${field} got ${shown}. Expected ${expected}.`);
}
