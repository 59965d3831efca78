// The checks before a run that writes: what does not fit stops it, what may not is said.

import type { Target } from "../api/types";
import { asked, start } from "../shell/deeds";
import { Dialog } from "../shell/Dialog";
import { List } from "../editor/FindingsList";

const WILL: Record<Target["updateType"], string> = {
  Overwrite: "All rows that are in it now will be replaced.",
  Append: "The rows will be added to those in it.",
  Update: "Rows of the same primary key will be replaced, the others added.",
};

export function ConfirmDialog() {
  const now = asked.value;
  const target = now?.tab.target;
  if (!target) return null;
  const stops = now.found.some((mark) => mark.severity === "error");
  const close = () => {
    asked.value = undefined;
  };
  return (
    <Dialog title={stops ? "This cannot be written" : `Write into ${target.customerKey}?`} onClose={close}>
      <div class="form">
        {stops ? <p>The query does not fit into {target.customerKey}:</p> : <p>{WILL[target.updateType]} A run cannot be undone.</p>}
        {now.found.length === 0 ? <p class="fits">Every column fits.</p> : <List found={now.found} onTaken={close} />}
        <div class="form-end">
          <button type="button" onClick={close}>
            {stops ? "Back to the query" : "Leave it"}
          </button>
          {!stops && (
            <button
              type="button"
              class="primary"
              onClick={() => {
                close();
                void start(now.tab, now.sql, now.from);
              }}
            >
              {target.updateType} now
            </button>
          )}
        </div>
      </div>
    </Dialog>
  );
}
