import { CodecError } from "./codec-error.ts";

/** Gives a unit as per cent: 0.85 is 85. The point moves in the decimal digits, so nothing is rounded: 0.07 is 7. [C48]
 *
 * Throws CodecError `OUT_OF_RANGE` for what is not within 0 and 1. */
export function unitToPercent(unit: number): number {
  return within(unit, 1) ? movePoint(unit, 2) : refuse("unit", unit, 1);
}

/** Gives a per cent as a unit: 85 is 0.85, as `85%` is mended. [C48]
 *
 * Throws CodecError `OUT_OF_RANGE` for what is not within 0 and 100. */
export function percentToUnit(percent: number): number {
  return within(percent, 100) ? movePoint(percent, -2) : refuse("per cent", percent, 100);
}

function within(value: number, most: number): boolean {
  return value >= 0 && value <= most;
}

function movePoint(value: number, places: number): number {
  const [digits = "", exponent = "0"] = String(value).split("e");
  return Number(`${digits}e${Number(exponent) + places}`) * (Object.is(value, -0) ? -1 : 1);
}

function refuse(name: string, value: number, most: number): never {
  throw new CodecError("OUT_OF_RANGE", `The ${name} is ${value}. Give a number from 0 to ${most}.`);
}
