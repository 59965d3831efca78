// What can be done with the query: run, stop, lay out, choose where its rows go.

import { signal } from "@preact/signals";
import { previous } from "../editor/findings";
import { formatAll } from "../editor/setup";
import { editor } from "../editor/view";
import { watched } from "../runs/runs";
import { count, duration, isActive } from "../runs/words";
import { active, clearTarget } from "../tabs/tabs";
import { isChecking, runActive, stopActive } from "./deeds";
import { Icon } from "./Icon";

export const isChoosingTarget = signal(false);

function Previous() {
  const before = previous.value;
  if (!before || before.totalMs === null || before.rowCount === null) return null;
  return (
    <span class="previous muted">
      Last time: {count(before.rowCount, "row")} after {duration(before.totalMs)}
    </span>
  );
}

export function Toolbar() {
  const tab = active.value;
  const now = watched.value.get(tab.id);
  const isRunning = now !== undefined && isActive(now.status);
  const isAsking = isChecking.value && tab.target !== undefined;
  const mayRun = !isRunning && !isAsking;
  const mayStop = isRunning && now.runId !== undefined && !now.isStopping;
  // Not `disabled`: that would take the focus from whoever goes on with the keyboard.
  return (
    <div class="toolbar" role="toolbar" aria-label="Query">
      <button type="button" class="primary" title="Ctrl+Enter; what is selected runs alone" aria-disabled={!mayRun} onClick={() => mayRun && void runActive()}>
        <Icon name="run" /> {isAsking ? "Checking…" : "Run"}
      </button>
      <button type="button" title="Ctrl+Alt+C" aria-disabled={!mayStop} onClick={() => mayStop && void stopActive()}>
        <Icon name="stop" /> Stop
      </button>
      <button type="button" title="Shift+Alt+F" onClick={() => editor.view && formatAll(editor.view)}>
        <Icon name="format" /> Format
      </button>
      <Previous />
      <span class="grow" />
      {tab.target ? (
        <span class="chip">
          <button
            type="button"
            class="chip-main"
            title={tab.target.customerKey}
            onClick={() => {
              isChoosingTarget.value = true;
            }}
          >
            <Icon name="target" /> {tab.target.updateType} {tab.target.updateType === "Append" ? "to" : "in"} {tab.target.customerKey}
          </button>
          <button type="button" class="icon-button" aria-label="Write into no data extension" onClick={() => clearTarget(tab.id)}>
            <Icon name="close" />
          </button>
        </span>
      ) : (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            isChoosingTarget.value = true;
          }}
        >
          <Icon name="target" /> Write into…
        </button>
      )}
    </div>
  );
}
