import { createContext } from "preact";
import { useContext, useEffect, useReducer } from "preact/hooks";
import type { Ticker } from "./ticker.ts";

/** The ticker of the page. */
export const TickerContext = createContext<Ticker>({ nowMs: () => 0, subscribe: () => () => {} });

/** Returns the time in milliseconds, and paints again every second while `isTicking`. */
export function useNow(isTicking: boolean): number {
  const ticker = useContext(TickerContext);
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => (isTicking ? ticker.subscribe(() => again(undefined)) : undefined), [ticker, isTicking]);
  return ticker.nowMs();
}
