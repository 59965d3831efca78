// How values read: in the grid, and in what is copied. Pure.

import type { Column, Value } from "../api/types";

const TEXTS = new Set(["Text", "EmailAddress", "Phone", "Locale"]);
const NUMBERS = new Set(["Number", "Decimal"]);

// Marketing Cloud does not tell NULL from an empty text, so only other types have a NULL to show.
export function isText(column: Column): boolean {
  return TEXTS.has(column.type);
}

export function isNumber(column: Column): boolean {
  return NUMBERS.has(column.type);
}

export function shown(value: Value, column: Column): string {
  if (value === null) return "NULL";
  if (column.type === "Date") return String(value).replace("T", " ").replace(/ 00:00:00$/, "");
  return String(value);
}

// A row is a line high, whatever stands in it.
export function oneLine(text: string): string {
  return text.replace(/\r\n|[\n\r]/g, "↵");
}

export function copied(value: Value, column: Column): string {
  return value === null ? "" : shown(value, column);
}

// What spreadsheets take from the clipboard: a cell with a tab, a line break or a quote stands in quotes.
export function tsv(rows: string[][]): string {
  return rows.map((cells) => cells.map(tsvCell).join("\t")).join("\n");
}

function tsvCell(text: string): string {
  return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
