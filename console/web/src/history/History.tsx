// One's own runs, newest first: how they went, open again, cancel. Their SQL is not there: the server does not keep it.

import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { listRuns } from "../api/calls";
import type { Run } from "../api/types";
import { follow, stop, watched } from "../runs/runs";
import { duration, isActive, nameOf } from "../runs/words";
import { pane } from "../shell/deeds";
import { Icon } from "../shell/Icon";
import { Older, type Page, usePages } from "../shell/Pages";
import { addTab, active, chooseTab, tabs } from "../tabs/tabs";

const kept = signal<Page<Run> | undefined>(undefined);
const STATUSES = ["", "queued", "running", "ready", "failed", "canceled"] as const;

export function History() {
  const [status, setStatus] = useState<(typeof STATUSES)[number]>("");
  const ends = [...watched.value.values()].map((each) => `${each.runId}${each.status}`).join();
  const pages = usePages(kept, (next) => listRuns(next, status), [status, ends]);
  const runs = pages.shown?.results ?? [];
  return (
    <div class="history">
      <div class="rows-bar">
        <label>
          Status{" "}
          <select value={status} onChange={(event) => setStatus(event.currentTarget.value as typeof status)}>
            {STATUSES.map((each) => (
              <option key={each} value={each}>
                {each ? nameOf(each) : "All"}
              </option>
            ))}
          </select>
        </label>
        <button type="button" class="quiet" onClick={() => void pages.again()}>
          <Icon name="again" /> Read again
        </button>
        <span class="grow" />
        <p class="muted">The SQL of old runs is not here: by design it is not kept once a run has ended. Your tabs keep theirs in this browser.</p>
      </div>
      {pages.shown && runs.length === 0 ? <p class="hint">No runs yet.</p> : <Runs runs={runs} onCanceled={() => void pages.again()} />}
      <Older pages={pages} name="Older runs" />
    </div>
  );
}

function Runs({ runs, onCanceled }: { runs: Run[]; onCanceled(): void }) {
  return (
    <div class="grid-place">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">Status</th>
            <th scope="col">Query</th>
            <th scope="col">Begun</th>
            <th scope="col" class="is-number">
              Duration
            </th>
            <th scope="col" class="is-number">
              Rows
            </th>
            <th scope="col">Written into</th>
            <th scope="col">
              <span class="sr">Deeds</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <Row key={run.runId} run={run} onCanceled={onCanceled} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ run, onCanceled }: { run: Run; onCanceled(): void }) {
  const name = run.snippetName || "Unnamed";
  const target = run.targetDataExtension;
  return (
    <tr>
      <td>
        <span class={`mark is-${isActive(run.status) ? "active" : run.status}`} /> {nameOf(run.status)}
      </td>
      <td class="wide">
        {name}
        {run.errorMessage && <span class="muted"> · {run.errorMessage}</span>}
      </td>
      <td>
        <time dateTime={run.createdAt}>{new Date(run.createdAt).toLocaleString("sv")}</time>
      </td>
      <td class="is-number">{duration(run.timings.totalMs)}</td>
      <td class="is-number">{run.rowCount?.toLocaleString("en")}</td>
      <td>{target && `${target.customerKey} (${target.updateType})`}</td>
      <td class="deeds">
        <button type="button" class="quiet" aria-label={`Open ${name}`} onClick={() => open(run)}>
          Open
        </button>
        {isActive(run.status) && (
          <button type="button" class="quiet" aria-label={`Cancel ${name}`} onClick={() => void stop(run.runId).then(onCanceled)}>
            Cancel
          </button>
        )}
      </td>
    </tr>
  );
}

// In the tab that ran it, with its SQL, if that is still open; else in a new one without.
function open(run: Run): void {
  const tab = tabs.value.find((each) => each.runId === run.runId);
  if (tab) chooseTab(tab.id);
  else addTab({ name: run.snippetName || "Old run", runId: run.runId, sql: "" });
  pane.value = "results";
  follow(active.value.id, run.runId);
}
