// The results of the tab's run: its status while it runs, then its rows, or why there are none.

import type { Tab } from "../tabs/tabs";
import { discard, read, type Watched, watched } from "../runs/runs";
import { count, isActive } from "../runs/words";
import { Failure } from "../runs/Failure";
import { Progress } from "../runs/Progress";
import { useFocusLeftBehind } from "../shell/focus";
import { Icon } from "../shell/Icon";
import { ask } from "../shell/Question";
import { isText } from "./cells";
import { addressOf, onDownload } from "./file";
import { copy, Grid, pageText } from "./Grid";
import { Pager } from "./Pager";

export function Results({ tab }: { tab: Tab }) {
  const now = watched.value.get(tab.id);
  if (!now) return <Empty />;
  if (isActive(now.status)) return <Progress now={now} />;
  if (now.problem || now.status === "failed") return <Failure tab={tab} now={now} />;
  if (now.status === "canceled") return <p class="hint">This run was canceled. It has no rows.</p>;
  if (!now.page) return <p class="hint">Reading the first page…</p>;
  return <Rows tab={tab} now={now} />;
}

function Empty() {
  return (
    <p class="hint">
      <kbd>Ctrl</kbd> <kbd>Enter</kbd> runs the query, or what is selected of it. Its rows appear here.
    </p>
  );
}

function Rows({ tab, now }: { tab: Tab; now: Watched }) {
  const { page } = now;
  const place = useFocusLeftBehind();
  if (!page) return null;
  const shown = page.totalPages * page.pageSize;
  const target = now.run?.targetDataExtension;
  return (
    <div class="rows" ref={place}>
      <div class="rows-bar">
        <Pager page={page} isReading={now.isReading} onPage={(to) => void read(tab.id, to)} />
        <span class="grow" />
        <button type="button" class="quiet" title="This page, with the columns' names" onClick={() => void copy(pageText(page))}>
          <Icon name="copy" /> Copy
        </button>
        {now.runId && (
          <a class="button quiet" href={addressOf(now.runId)} download onClick={(event) => onDownload(event, now.runId ?? "")}>
            <Icon name="download" /> CSV
          </a>
        )}
        {!target && now.runId && (
          <button type="button" class="icon-button" aria-label="Delete these rows" title="Delete these rows from Marketing Cloud" onClick={() => askToDiscard(tab.id, now.runId)}>
            <Icon name="bin" />
          </button>
        )}
      </div>
      {target && (
        <p class="cap">These are all rows of {target.customerKey} as it is now, also those that this run did not write.</p>
      )}
      {page.truncated && (
        <p class="cap">
          Only the first {count(shown, "row")} of {page.totalRows.toLocaleString("en")} can be paged and downloaded. To have all of
          them, write the query into a data extension.
        </p>
      )}
      <Warnings now={now} />
      {page.rows.length === 0 ? (
        <p class="hint">The query gave no rows.</p>
      ) : (
        <div class="grid-place">
          <Grid key={now.runId} page={page} name={`Results of ${tab.name}`} />
          {page.columns.some(isText) && <p class="footnote">An empty text may be NULL: Marketing Cloud does not tell the two apart.</p>}
        </div>
      )}
    </div>
  );
}

function askToDiscard(tabId: string, runId = ""): void {
  ask({
    title: "Delete these rows?",
    text: "They are deleted from Marketing Cloud now; by themselves they would go in a day. The query can be run again.",
    yes: "Delete them",
    deed: () => void discard(tabId, runId),
  });
}

function Warnings({ now }: { now: Watched }) {
  const warnings = now.run?.warnings ?? [];
  if (warnings.length === 0) return null;
  return (
    <details class="warnings">
      <summary>{count(warnings.length, "warning")} about this run</summary>
      <ul>
        {warnings.map((warning) => (
          <li key={warning.message}>{warning.message}</li>
        ))}
      </ul>
    </details>
  );
}
