// The names, types and edges of the columns. Arrow up from the first row leads here, Enter then takes hold of the edge:
// one stop for the Tab key is enough for a whole grid, however many columns it has.

import type { Column } from "../api/types";
import { isNumber } from "./cells";
import { Divider } from "./Divider";

interface Props {
  columns: Column[];
  widths: number[];
  onWidth(column: number, width: number): void;
  onFit(column: number): void;
  // Down to the rows.
  onLeave(column: number): void;
}

export function Head({ columns, widths, onWidth, onFit, onLeave }: Props) {
  function walk(event: KeyboardEvent): void {
    const cell = event.target;
    if (!(cell instanceof HTMLTableCellElement) || event.ctrlKey || event.metaKey) return;
    const at = cell.cellIndex;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 1, End: columns.length }[event.key];
    if (to !== undefined) focusOn(cell.parentElement as HTMLTableRowElement, Math.max(1, Math.min(columns.length, to)));
    else if (event.key === "ArrowDown") onLeave(at - 1);
    else if (event.key === "Enter") cell.querySelector<HTMLElement>("[role=separator]")?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <thead>
      <tr aria-rowindex={1} onKeyDown={walk}>
        <th scope="col" class="corner">
          <span class="sr">Row</span>
        </th>
        {columns.map((column, at) => (
          <th
            key={at}
            scope="col"
            class={isNumber(column) ? "is-number" : ""}
            tabIndex={-1}
            aria-label={`${column.name}, ${column.type}`}
          >
            <span class="column-name" title={column.name}>
              {column.name}
            </span>
            <span class="column-type">{column.type}</span>
            <Divider
              label={`Width of ${column.name}`}
              width={widths[at] ?? 0}
              onWidth={(width) => onWidth(at, width)}
              onFit={() => onFit(at)}
            />
          </th>
        ))}
      </tr>
    </thead>
  );
}

export function focusOn(row: HTMLTableRowElement | undefined, index: number): void {
  const cell = row?.cells[index];
  cell?.focus({ preventScroll: true });
  cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
}
