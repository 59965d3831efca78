// Widths of the columns, in pixels: first by what stands in them, then as somebody drags them. Pure.

import type { Column, Value } from "../api/types";
import { shown } from "./cells";

const CHARACTER = 7.6;
const BOLD_CHARACTER = 9;
const ROOM = 26;
const SAMPLE = 50;

export const NARROWEST = 48;
export const WIDEST = 900;
const WIDEST_BY_ITSELF = 340;

export function widthFor(column: Column, values: Value[]): number {
  const longest = Math.max(column.type.length, ...values.slice(0, SAMPLE).map((value) => shown(value, column).length));
  const needed = Math.max(longest * CHARACTER, column.name.length * BOLD_CHARACTER);
  return Math.min(WIDEST_BY_ITSELF, bounded(needed + ROOM));
}

export function bounded(width: number): number {
  return Math.max(NARROWEST, Math.min(WIDEST, Math.round(width)));
}
