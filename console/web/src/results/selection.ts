// The selected cells: a rectangle from the anchor to the focus. Pure.

export interface Cell {
  row: number;
  column: number;
}

export interface Selection {
  anchor: Cell;
  focus: Cell;
}

export interface Size {
  rows: number;
  columns: number;
}

export const FIRST: Selection = { anchor: { row: 0, column: 0 }, focus: { row: 0, column: 0 } };
const PAGE = 15;

export function bounds({ anchor, focus }: Selection) {
  return {
    top: Math.min(anchor.row, focus.row),
    bottom: Math.max(anchor.row, focus.row),
    left: Math.min(anchor.column, focus.column),
    right: Math.max(anchor.column, focus.column),
  };
}

export function holds(selection: Selection, cell: Cell): boolean {
  const { top, bottom, left, right } = bounds(selection);
  return cell.row >= top && cell.row <= bottom && cell.column >= left && cell.column <= right;
}

export function everything(size: Size): Selection {
  return { anchor: { row: 0, column: 0 }, focus: { row: size.rows - 1, column: size.columns - 1 } };
}

// undefined for a key that moves nothing.
export function moved(selection: Selection, event: KeyboardEvent, size: Size): Selection | undefined {
  const to = target(selection.focus, event.key, event.ctrlKey || event.metaKey, size);
  if (!to) return undefined;
  const focus = {
    row: Math.max(0, Math.min(size.rows - 1, to.row)),
    column: Math.max(0, Math.min(size.columns - 1, to.column)),
  };
  return { anchor: event.shiftKey ? selection.anchor : focus, focus };
}

function target({ row, column }: Cell, key: string, far: boolean, size: Size): Cell | undefined {
  switch (key) {
    case "ArrowUp":
      return { row: far ? 0 : row - 1, column };
    case "ArrowDown":
      return { row: far ? size.rows : row + 1, column };
    case "ArrowLeft":
      return { row, column: far ? 0 : column - 1 };
    case "ArrowRight":
      return { row, column: far ? size.columns : column + 1 };
    case "Home":
      return { row: far ? 0 : row, column: 0 };
    case "End":
      return { row: far ? size.rows : row, column: size.columns };
    case "PageUp":
      return { row: row - PAGE, column };
    case "PageDown":
      return { row: row + PAGE, column };
    default:
      return undefined;
  }
}
