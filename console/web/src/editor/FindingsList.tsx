// The findings as a list, for the keyboard and for who does not see underlines.

import { Icon } from "../shell/Icon";
import { findings, unchecked } from "./findings";
import { applyFix, fixName, type Marked } from "./places";
import { editor, show } from "./view";

export function FindingsList() {
  return (
    <div class="findings">
      {unchecked.value && <p class="cap">The SQL could not be checked: {unchecked.value}</p>}
      {findings.value.length > 0 ? <List found={findings.value} /> : !unchecked.value && <p class="hint">Nothing found.</p>}
    </div>
  );
}

interface ListProps {
  found: Marked[];
  // One was gone to, or mended.
  onTaken?(): void;
}

export function List({ found, onTaken }: ListProps) {
  return (
    <ul class="finding-list">
      {found.map((mark, at) => (
        <Item key={at} mark={mark} onTaken={onTaken} />
      ))}
    </ul>
  );
}

function Item({ mark, onTaken }: { mark: Marked; onTaken: (() => void) | undefined }) {
  const { finding, severity, from, to } = mark;
  const hasPlace = finding.length > 0;
  const goTo = () => {
    onTaken?.();
    show({ from, to });
  };
  const mend = () => {
    onTaken?.();
    if (editor.view) applyFix(editor.view, from, to, finding.fix ?? "");
  };
  return (
    <li class={`finding is-${severity}`}>
      <Icon name="error" />
      <span class="sr">{severity}:</span>
      <span class="finding-text">{finding.message}</span>
      {hasPlace && (
        <button type="button" class="link" onClick={goTo}>
          line {finding.line}, column {finding.column}
        </button>
      )}
      {finding.fix !== undefined && (
        <button type="button" class="quiet" onClick={mend}>
          {fixName(finding.fix)}
        </button>
      )}
    </li>
  );
}
