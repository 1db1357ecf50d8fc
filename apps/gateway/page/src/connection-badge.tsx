import type { VNode } from "preact";
import { connectionWords } from "./connection-words.ts";
import type { Connection } from "./connection-words.ts";
import { useNow } from "./use-now.ts";

/** Says in words and colour where the link stands, and whether the orchestrator is away. */
export function ConnectionBadge(props: {
  connection: Connection;
  backAway: string | undefined;
  onLook: () => void;
}): VNode {
  const { connection, backAway } = props;
  const isTelling = connection.status === "waiting" || (connection.replayed ?? 0) > 0;
  const nowMs = useNow(isTelling);
  return (
    <div class="badges">
      <span
        class="connection"
        data-testid="connection"
        data-status={connection.status}
        data-back={backAway === undefined ? "there" : "away"}
      >
        {connectionWords(connection, nowMs)}
      </span>
      {connection.status === "open" && backAway !== undefined && (
        <button type="button" class="connection away" title={`${backAway} Press to look again.`} onClick={props.onLook}>
          Orchestrator away
        </button>
      )}
    </div>
  );
}
