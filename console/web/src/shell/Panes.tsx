// Below the editor: results, findings, history.

import { History } from "../history/History";
import { FindingsList } from "../editor/FindingsList";
import { findings } from "../editor/findings";
import { Results } from "../results/Results";
import { watched } from "../runs/runs";
import { ended } from "../runs/words";
import { active } from "../tabs/tabs";
import { type Pane, pane } from "./deeds";

const PANES: Pane[] = ["results", "findings", "history"];

export function Panes() {
  return (
    <section class="panes" aria-label="Results, findings, history">
      <div class="pane-heads">
        <div role="tablist" aria-label="Below the editor" class="pane-list" onKeyDown={walk}>
          {PANES.map((each) => (
            <button
              key={each}
              type="button"
              role="tab"
              id={`pane-${each}`}
              class="pane-head"
              aria-selected={pane.value === each}
              aria-controls="pane"
              tabIndex={pane.value === each ? 0 : -1}
              onClick={() => {
                pane.value = each;
              }}
            >
              {nameOf(each)}
              {each === "findings" && findings.value.length > 0 && <Badge />}
            </button>
          ))}
        </div>
        <span class="grow" />
        <Ended />
      </div>
      <div id="pane" class="pane" role="tabpanel" aria-labelledby={`pane-${pane.value}`} tabIndex={-1}>
        {pane.value === "results" && <Results tab={active.value} />}
        {pane.value === "findings" && <FindingsList />}
        {pane.value === "history" && <History />}
      </div>
    </section>
  );
}

function Badge() {
  const isBad = findings.value.some((mark) => mark.severity === "error");
  return <span class={`badge ${isBad ? "is-bad" : ""}`}>{findings.value.length}</span>;
}

function Ended() {
  const run = watched.value.get(active.value.id)?.run;
  if (!run) return null;
  return (
    <span class={`ended is-${run.status}`}>
      <span class={`mark is-${run.status}`} /> {ended(run)}
    </span>
  );
}

function nameOf(name: Pane): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function walk(event: KeyboardEvent): void {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (by === undefined) return;
  const next = PANES[(PANES.indexOf(pane.value) + by + PANES.length) % PANES.length];
  if (!next) return;
  pane.value = next;
  document.getElementById(`pane-${next}`)?.focus();
}
