// A list that is read page by page, newest first: what was read of it so far, and the way to what is older.

import type { Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { sentence } from "../managing/listed";
import { tell } from "../messages";

export interface Page<T> {
  results: T[];
  next: string | null;
}

export interface Pages<T> {
  shown: Page<T> | undefined;
  again(): Promise<void>;
  older(): Promise<void>;
}

// Reads it when it is shown, and anew whenever one of `inputs` is another.
export function usePages<T>(kept: Signal<Page<T> | undefined>, read: (next: string | null) => Promise<Page<T>>, inputs: string[]): Pages<T> {
  const latest = useRef(0);
  async function load(before: Page<T> | undefined): Promise<void> {
    const mine = ++latest.current;
    try {
      const page = await read(before?.next ?? null);
      if (mine !== latest.current) return; // something else is wanted by now
      kept.value = { next: page.next, results: [...(before?.results ?? []), ...page.results] };
    } catch (error) {
      tell(sentence(error), true);
    }
  }
  useEffect(() => void load(undefined), inputs);
  return { shown: kept.value, again: () => load(undefined), older: () => load(kept.value) };
}

export function Older<T>({ pages, name }: { pages: Pages<T>; name: string }) {
  if (!pages.shown?.next) return null;
  return (
    <button type="button" class="quiet more" onClick={() => void pages.older()}>
      {name}
    </button>
  );
}
