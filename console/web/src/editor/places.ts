// Findings of the server as CodeMirror's diagnostics, each fix as an action.

import type { Action, Diagnostic } from "@codemirror/lint";
import type { EditorView } from "@codemirror/view";
import type { Finding, Understanding } from "../api/types";
import { advance, offsetOf } from "../runs/place";

export interface Marked {
  finding: Finding;
  severity: Finding["severity"];
  from: number;
  to: number;
}

const SHOWN_FIX = 40;

// `before` is what stands in the editor before the text: their places are told in all of it.
export function marked(text: string, found: Understanding, before = ""): Marked[] {
  return [...found.errors, ...found.warnings].map((finding) => {
    const from = offsetOf(text, finding.line, finding.column);
    const to = advance(text, from, finding.length);
    const { length } = before;
    return { finding: after(before, finding), severity: finding.severity, from: length + from, to: length + to };
  });
}

function after(before: string, finding: Finding): Finding {
  const lines = before.split("\n");
  const column = finding.line === 1 ? finding.column + [...(lines.at(-1) ?? "")].length : finding.column;
  return { ...finding, line: finding.line + lines.length - 1, column };
}

export function diagnostic(mark: Marked): Diagnostic {
  const { finding, severity, from, to } = mark;
  const shown: Diagnostic = { from, to, severity, message: finding.message };
  if (finding.fix !== undefined) shown.actions = [action(finding.fix)];
  return shown;
}

export function fixName(fix: string): string {
  if (fix === "") return "Remove it";
  const line = fix.replace(/\s+/g, " ").trim();
  return `Write ${line.length > SHOWN_FIX ? `${line.slice(0, SHOWN_FIX)}…` : line}`;
}

export function applyFix(view: EditorView, from: number, to: number, fix: string): void {
  view.dispatch({ changes: { from, to, insert: fix }, selection: { anchor: from + fix.length }, userEvent: "input.fix" });
  view.focus();
}

function action(fix: string): Action {
  return { name: fixName(fix), apply: (view, from, to) => applyFix(view, from, to, fix) };
}
