// One page of rows: cells to walk through and select with keys or mouse, columns of any width.

import { useEffect, useRef, useState } from "preact/hooks";
import type { ResultPage } from "../api/types";
import { copyText } from "../clipboard";
import { tell } from "../messages";
import { copied, isNumber, isText, oneLine, shown, tsv } from "./cells";
import { focusOn, Head } from "./Head";
import { bounds, type Cell, everything, FIRST, holds, moved, type Selection } from "./selection";
import { widthFor } from "./widths";

export function Grid({ page, name }: { page: ResultPage; name: string }) {
  const { columns, rows } = page;
  const size = { rows: rows.length, columns: columns.length };
  const table = useRef<HTMLTableElement>(null);
  const [selection, select] = useState<Selection>(FIRST);
  const [widths, setWidths] = useState<number[]>(() => widthsOf(page));
  const setWidth = (column: number, width: number) => setWidths(widths.map((each, at) => (at === column ? width : each)));

  useEffect(() => {
    select(FIRST);
    table.current?.parentElement?.scrollTo({ top: 0 });
  }, [page]);
  useEffect(() => {
    const stop = () => table.current?.classList.remove("is-selecting");
    addEventListener("pointerup", stop);
    return () => removeEventListener("pointerup", stop);
  }, []);

  function choose(next: Selection): void {
    select(next);
    focusOn(table.current?.rows[next.focus.row + 1], next.focus.column + 1);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (!(event.target instanceof HTMLTableCellElement)) return;
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    const { row, column } = selection.focus;
    if (key === "arrowup" && row === 0 && !command && !event.shiftKey) focusOn(table.current?.rows[0], column + 1);
    else if (command && key === "a") choose(everything(size));
    else if (command && key === "c") void copy(selectedText(page, selection, event.shiftKey));
    else {
      const next = moved(selection, event, size);
      if (!next) return;
      choose(next);
    }
    event.preventDefault();
  }

  function press(event: PointerEvent, cell: Cell): void {
    if (event.button !== 0 || event.pointerType === "touch") return;
    table.current?.classList.add("is-selecting");
    select({ anchor: event.shiftKey ? selection.anchor : cell, focus: cell });
  }

  function enter(event: PointerEvent, cell: Cell): void {
    if (event.buttons === 1 && table.current?.classList.contains("is-selecting")) {
      select({ anchor: selection.anchor, focus: cell });
    }
  }

  const first = (page.page - 1) * page.pageSize + 1;
  return (
    <table
      class="grid"
      role="grid"
      ref={table}
      aria-label={name}
      aria-rowcount={page.totalRows + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable="true"
      style={{ width: `${widths.reduce((sum, width) => sum + width, NUMBER_WIDTH)}px` }}
      onKeyDown={onKeyDown}
    >
      <colgroup>
        <col style={{ width: `${NUMBER_WIDTH}px` }} />
        {widths.map((width, at) => (
          <col key={at} style={{ width: `${width}px` }} />
        ))}
      </colgroup>
      <Head
        columns={columns}
        widths={widths}
        onWidth={setWidth}
        onFit={(column) => setWidth(column, widthsOf(page)[column] ?? 0)}
        onLeave={(column) => choose({ anchor: { row: 0, column }, focus: { row: 0, column } })}
      />
      <tbody>
        {rows.map((row, rowAt) => (
          <tr key={rowAt} aria-rowindex={first + rowAt + 1}>
            <th scope="row" class="row-number">
              {first + rowAt}
            </th>
            {columns.map((column, at) => {
              const value = row[at] ?? null;
              const cell = { row: rowAt, column: at };
              const isFocus = selection.focus.row === rowAt && selection.focus.column === at;
              return (
                <td
                  key={at}
                  tabIndex={isFocus ? 0 : -1}
                  aria-selected={holds(selection, cell)}
                  class={classOf(value === null, isNumber(column))}
                  title={isText(column) && isCut(String(value)) ? String(value) : undefined}
                  onPointerDown={(event) => press(event, cell)}
                  onPointerEnter={(event) => enter(event, cell)}
                >
                  {oneLine(shown(value, column))}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const NUMBER_WIDTH = 52;

export async function copy(text: string): Promise<void> {
  if (await copyText(text)) tell("Copied.");
  else tell("The browser does not let this page write to the clipboard.", true);
}

export function pageText(page: ResultPage): string {
  return selectedText(page, everything({ rows: page.rows.length, columns: page.columns.length }), true);
}

function selectedText(page: ResultPage, selection: Selection, withNames: boolean): string {
  const { top, bottom, left, right } = bounds(selection);
  const columns = page.columns.slice(left, right + 1);
  const cells = page.rows
    .slice(top, bottom + 1)
    .map((row) => columns.map((column, at) => copied(row[left + at] ?? null, column)));
  return tsv(withNames ? [columns.map((column) => column.name), ...cells] : cells);
}

function widthsOf(page: ResultPage): number[] {
  return page.columns.map((column, at) => widthFor(column, page.rows.map((row) => row[at] ?? null)));
}

function isCut(text: string): boolean {
  return text.length > 40 || text !== oneLine(text);
}

function classOf(isNull: boolean, isNumeric: boolean): string {
  return `${isNull ? "is-null" : ""} ${isNumeric ? "is-number" : ""}`.trim();
}
