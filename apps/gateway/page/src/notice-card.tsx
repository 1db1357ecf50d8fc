import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { Notice } from "../../src/board/board.ts";
import { noticeWords } from "./announcer.ts";
import { ClockTime } from "./clock-time.tsx";
import { statusWords } from "./status-tone.ts";
import { visibleText } from "./visible-text.ts";

/** Shows something that happened: a completion, a context, a problem. */
export function NoticeCard({ notice }: { notice: Notice }): VNode {
  return useMemo(
    () => (
      <li class="notice" data-testid="notice" data-kind={notice.kind} data-seq={notice.seq}>
        <p class="about">
          <strong>{noticeWords[notice.kind]}</strong>
          <ClockTime atMs={notice.atMs} />
        </p>
        <p class="notice-title" dir="auto">
          {visibleText(notice.kind === "complete" ? notice.title : statusWords(notice.title))}
        </p>
        {notice.text !== "" && (
          <p class="soft" dir="auto">
            {visibleText(notice.text)}
          </p>
        )}
      </li>
    ),
    [notice],
  );
}
