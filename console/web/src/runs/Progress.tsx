// A run on its way: its stages, the seconds, what it waits for.

import { useEffect, useState } from "preact/hooks";
import { me } from "../account";
import { serverNow } from "../api/http";
import { useFocusLeftBehind } from "../shell/focus";
import { Icon } from "../shell/Icon";
import { type Watched, stop } from "./runs";
import { RETRY_MS } from "./stream";
import { seconds, STAGES, waitsFor } from "./words";

const TICK_MS = 1000;

export function Progress({ now }: { now: Watched }) {
  const clock = useClock();
  const place = useFocusLeftBehind();
  const mayStop = now.runId !== undefined && !now.isStopping;
  const at = STAGES.findIndex((each) => each.stage === now.stage);
  return (
    <div class="progress" ref={place}>
      <ol class="stages" aria-label="Stages of the run">
        {STAGES.map(({ stage, name }, index) => (
          <li key={stage} class={stateOf(index, at)} aria-current={index === at ? "step" : undefined}>
            {name}
          </li>
        ))}
      </ol>
      <p class="progress-line">
        <span class="spinner" aria-hidden="true" />
        <strong data-testid="status">{now.status === "queued" ? "Queued" : "Running"}</strong>
        {now.startedAt !== undefined && <span class="clock">{seconds(clock - now.startedAt)}</span>}
        <span>{waitsFor(now.status, now.stage)}</span>
        {now.stageSince !== undefined && now.stageSince !== now.startedAt && (
          <span class="muted">{seconds(clock - now.stageSince)} in this stage</span>
        )}
      </p>
      {now.line === "down" && <p class="cap">The line to the server is down. The run goes on; this page connects again by itself.</p>}
      {now.line === "asked" && <p class="cap">{beyondTheLimit()}</p>}
      <button type="button" class="danger" aria-disabled={!mayStop} onClick={() => mayStop && now.runId && void stop(now.runId)}>
        <Icon name="stop" /> {now.isStopping ? "Stopping…" : "Stop"}
      </button>
    </div>
  );
}

function beyondTheLimit(): string {
  const limit = me.value?.limits.eventStreams.limit;
  return `More than ${limit} runs at once cannot be watched as they go. This one is asked every ${RETRY_MS / 1000} seconds.`;
}

function stateOf(index: number, at: number): string {
  if (index === at) return "is-now";
  return index < at ? "is-done" : "";
}

function useClock(): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
