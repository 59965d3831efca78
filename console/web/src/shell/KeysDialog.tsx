// What can be done with the keyboard.

import { Dialog } from "./Dialog";
import { areKeysShown } from "./TopBar";

const KEYS: [string, string][] = [
  ["Ctrl Enter", "Run all, or what is selected"],
  ["Ctrl Alt C", "Stop"],
  ["Ctrl Space", "Complete"],
  ["Shift Alt F", "Format"],
  ["F8", "Next finding"],
  ["Ctrl F", "Find and replace"],
  ["Escape, Tab", "Leave the editor"],
  ["F2", "Rename the tab"],
  ["Arrows, Shift arrows", "Walk and select in the results"],
  ["Up from the first row, Enter", "Change a column's width: arrows, Enter to fit, Escape"],
  ["Ctrl C, Ctrl Shift C", "Copy the selected cells, with the columns' names"],
];

export function KeysDialog() {
  const close = () => {
    areKeysShown.value = false;
  };
  return (
    <Dialog title="Keys" onClose={close}>
      <dl class="keys">
        {KEYS.map(([keys, does]) => (
          <div key={keys}>
            <dt>{keys}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <div class="form-end">
        <button type="button" class="primary" onClick={close}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
