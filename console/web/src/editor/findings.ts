// The server's findings about the text in the editor, as one types.

import { linter } from "@codemirror/lint";
import { StateEffect } from "@codemirror/state";
import { signal } from "@preact/signals";
import { validate } from "../api/calls";
import { Problem } from "../api/http";
import type { PreviousRun } from "../api/types";
import { active } from "../tabs/tabs";
import { diagnostic, type Marked, marked } from "./places";

const AFTER_MS = 500;

export const findings = signal<Marked[]>([]);
// Why the text could not be checked; "" where it was.
export const unchecked = signal("");
// How it went when the same query was run before.
export const previous = signal<PreviousRun | null>(null);

// The same text may be found to be otherwise by now.
export const outdated = StateEffect.define();

let asking = new AbortController();

export const checking = linter(
  async (view) => {
    asking.abort();
    asking = new AbortController();
    const text = view.state.doc.toString();
    if (text.trim() === "") {
      unchecked.value = "";
      findings.value = [];
      previous.value = null;
      return [];
    }
    try {
      const told = await validate(text, { target: active.value.target, signal: asking.signal });
      const found = marked(text, told);
      unchecked.value = "";
      previous.value = told.estimate.previousRun;
      findings.value = found;
      return found.map(diagnostic);
    } catch (error) {
      if (error instanceof DOMException) return [];
      if (!(error instanceof Problem)) throw error;
      unchecked.value = error.message;
      findings.value = [];
      previous.value = null;
      return [];
    }
  },
  {
    delay: AFTER_MS,
    needsRefresh: (update) => update.transactions.some((each) => each.effects.some((effect) => effect.is(outdated))),
  },
);
