// "Write into a data extension": which one, and what becomes of the rows that are there.

import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api/http";
import type { UpdateType } from "../api/types";
import { type DataExtension, search } from "../catalog/catalog";
import { Dialog } from "../shell/Dialog";
import { isChoosingTarget } from "../shell/Toolbar";
import { active, changeTab } from "../tabs/tabs";

const KINDS: { kind: UpdateType; does: string }[] = [
  { kind: "Overwrite", does: "All rows that are there go; the query's rows come in their place." },
  { kind: "Append", does: "The query's rows are added to those that are there." },
  { kind: "Update", does: "Rows of the same primary key are replaced, the others added." },
];

export function TargetDialog() {
  const before = active.value.target;
  const [key, setKey] = useState(before?.customerKey ?? "");
  const [kind, setKind] = useState<UpdateType>(before?.updateType ?? "Append");
  const [known, setKnown] = useState<DataExtension[]>([]);

  useEffect(() => {
    search("").then(
      (found) => setKnown(found.results),
      (error) => {
        if (!(error instanceof Problem)) throw error; // the key can be typed all the same
      },
    );
  }, []);

  const close = () => {
    isChoosingTarget.value = false;
  };
  function save(event: SubmitEvent): void {
    event.preventDefault();
    changeTab(active.value.id, { target: { customerKey: key.trim(), updateType: kind } });
    close();
  }

  return (
    <Dialog title="Write into a data extension" onClose={close}>
      <form class="form" onSubmit={save}>
        <label for="target-key">Customer key of the data extension</label>
        <input id="target-key" list="known-keys" required pattern=".*\S.*" title="A customer key" maxLength={200} autocomplete="off" value={key} onInput={(event) => setKey(event.currentTarget.value)} />
        <datalist id="known-keys">
          {known.map((each) => (
            <option key={each.customerKey} value={each.customerKey}>
              {each.name}
            </option>
          ))}
        </datalist>
        <fieldset>
          <legend>What becomes of its rows</legend>
          {KINDS.map(({ kind: each, does }) => (
            <label class="choice" key={each}>
              <input type="radio" name="kind" checked={kind === each} onChange={() => setKind(each)} />
              <span>
                <strong>{each}</strong> <span class="muted">{does}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <p class="muted">Before each run it is checked whether the query fits. A run cannot be undone.</p>
        <div class="form-end">
          <button type="button" onClick={close}>
            Leave it
          </button>
          <button type="submit" class="primary">
            Write into it
          </button>
        </div>
      </form>
    </Dialog>
  );
}
