import type { VNode } from "preact";
import { visibleText } from "./visible-text.ts";
import type { NotLoaded } from "./workflow-news.ts";

/** Shows the files of workflows that did not load: where, what, and what to do. [G22] */
export function NotLoadedList({ files }: { files: readonly NotLoaded[] }): VNode | null {
  if (files.length === 0) return null;
  return (
    <details class="not-loaded" open data-testid="not-loaded">
      <summary>
        {files.length === 1 ? "1 workflow file did not load" : `${files.length} workflow files did not load`}
      </summary>
      <ul>
        {files.map(({ file, problems }) => (
          <li key={file}>
            {problems.map(({ line, column, message, hint }) => (
              <p key={`${line}:${column}:${message}`}>
                <code>
                  {visibleText(file)}:{line}:{column}
                </code>{" "}
                {visibleText(message)} <span class="soft">{visibleText(hint)}</span>
              </p>
            ))}
          </li>
        ))}
      </ul>
    </details>
  );
}
