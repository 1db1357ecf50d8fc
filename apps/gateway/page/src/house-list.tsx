import type { VNode } from "preact";
import type { HousePart } from "./house-news.ts";
import { visibleText } from "./visible-text.ts";

/** Shows how each part of the house is, those first that are not well: which one, why, and what to do. [G33] */
export function HouseList({ parts }: { parts: readonly HousePart[] }): VNode {
  if (parts.length === 0) return <p class="soft">Nothing was heard yet.</p>;
  return (
    <ul class="parts">
      {parts
        .toSorted((a, b) => Number(a.isWell) - Number(b.isWell))
        .map(({ name, isWell, text }, index) => (
          <li key={`${name} ${index}`} data-testid="part" data-name={name} data-well={isWell}>
            <span class="title">{visibleText(name)}</span>{" "}
            <span class={isWell ? "soft" : "problem"}>{isWell ? "well" : "not well"}</span>
            {text !== "" && (
              <p class="soft" dir="auto">
                {visibleText(text)}
              </p>
            )}
          </li>
        ))}
    </ul>
  );
}
