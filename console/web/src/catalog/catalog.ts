// What can be queried: data extensions of the business unit, asked for as needed, and what Marketing Cloud brings along.

import { signal } from "@preact/signals";
import { call, Problem } from "../api/http";

export interface Field {
  name: string;
  type: string;
  length?: number | null;
  scale?: number | null;
  primaryKey?: boolean;
  required?: boolean;
}

export interface DataExtension {
  customerKey: string;
  name: string;
}

// `truncated`: there are more of this name.
export interface Found {
  results: DataExtension[];
  truncated: boolean;
}

export interface DataView {
  name: string;
  fields: Field[];
}

interface Vocabulary {
  dataViews: DataView[];
  functions: string[];
}

// Why there is no list of data extensions; "" where there is one.
export const unavailable = signal("");
export const vocabulary = signal<Vocabulary>({ dataViews: [], functions: [] });

const LONGEST_SEARCH = 100;
const searches = new Map<string, Promise<Found>>();
const fieldsByKey = new Map<string, Promise<Field[]>>();

export async function loadVocabulary(): Promise<void> {
  vocabulary.value = await call<Vocabulary>("GET", "/console/vocabulary.json");
}

// Empty text finds all, as far as the server tells them. Raises Problem.
export async function search(text: string): Promise<Found> {
  const part = text.trim().slice(0, LONGEST_SEARCH);
  const path = `/api/data-extensions?search=${encodeURIComponent(part)}`;
  try {
    const found = await once(searches, part.toLowerCase(), () => call<Found>("GET", path));
    unavailable.value = "";
    return found;
  } catch (error) {
    if (error instanceof Problem) unavailable.value = error.message;
    throw error;
  }
}

// Raises Problem.
export function fieldsOfKey(key: string): Promise<Field[]> {
  return once(fieldsByKey, key, async () => {
    const path = `/api/data-extensions/${encodeURIComponent(key)}/fields`;
    return (await call<{ fields: Field[] }>("GET", path)).fields;
  });
}

// The fields of what SQL calls by this name; none where it is not known.
export async function fieldsOfTable(name: string): Promise<Field[]> {
  const same = (other: string) => other.toLowerCase() === name.toLowerCase();
  const view = vocabulary.value.dataViews.find((each) => same(each.name));
  if (view) return view.fields;
  const found = (await search(name)).results.find((each) => same(each.name));
  return found ? fieldsOfKey(found.customerKey) : [];
}

export function refresh(): void {
  searches.clear();
  fieldsByKey.clear();
}

export function typeOf(field: Field): string {
  if (field.length === null || field.length === undefined) return field.type;
  return field.scale ? `${field.type}(${field.length},${field.scale})` : `${field.type}(${field.length})`;
}

// One question for all who ask it; an answer that failed is asked for anew.
function once<T>(kept: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const known = kept.get(key);
  if (known) return known;
  const asked = ask();
  kept.set(key, asked);
  asked.catch(() => kept.delete(key));
  return asked;
}
