// The editor: CodeMirror with T-SQL, completion, findings and our keys.

import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, closeCompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { MSSQL, SQLDialect, sql } from "@codemirror/lang-sql";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { forceLinting, lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension, Prec } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  placeholder,
} from "@codemirror/view";
import { tell } from "../messages";
import { complete } from "./completion";
import { checking, outdated } from "./findings";
import { format } from "./format";
import { theme } from "./theme";

export interface Deeds {
  run(): void;
  stop(): void;
  changed(text: string): void;
}

export function stateOf(text: string, deeds: Deeds, nonce: string): EditorState {
  return EditorState.create({ doc: text, extensions: [ours(deeds), language, editing, looks(nonce)] });
}

export function formatAll(view: EditorView): void {
  const text = view.state.doc.toString();
  try {
    const laidOut = format(text);
    if (laidOut !== text) view.dispatch({ changes: { from: 0, to: text.length, insert: laidOut }, userEvent: "input.format" });
  } catch {
    tell("This SQL cannot be laid out: the findings say where it breaks off.", true);
  }
}

// For what the findings depend on beside the text.
export function checkAgain(view: EditorView): void {
  view.dispatch({ effects: outdated.of(null) });
  forceLinting(view);
}

function runFrom(view: EditorView, deeds: Deeds): void {
  closeCompletion(view);
  deeds.run();
}

function ours(deeds: Deeds): Extension {
  const keys = Prec.highest(
    keymap.of([
      { key: "Mod-Enter", run: (view) => done(() => runFrom(view, deeds)), preventDefault: true },
      { key: "Mod-Alt-c", run: () => done(deeds.stop), preventDefault: true },
      { key: "Shift-Alt-f", run: (view) => done(() => formatAll(view)), preventDefault: true },
      { key: "Tab", run: acceptCompletion },
    ]),
  );
  const changes = EditorView.updateListener.of((update) => {
    if (update.docChanged) deeds.changed(update.state.doc.toString());
  });
  return [keys, changes];
}

// LEFT and RIGHT are far more often joins than functions.
const TSQL = SQLDialect.define({ ...MSSQL.spec, builtin: (MSSQL.spec.builtin ?? "").replace(/\b(?:left|right)\b/g, "") });

const language: Extension = [
  sql({ dialect: TSQL, upperCaseKeywords: true }),
  autocompletion({ override: [complete], icons: false, maxRenderedOptions: 60 }),
  checking,
];

const editing: Extension = [
  history(),
  drawSelection(),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  highlightSelectionMatches(),
  // Tab indents; Escape and then Tab leaves the editor, for those who have the keyboard alone.
  keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap, indentWithTab]),
];

function looks(nonce: string): Extension {
  return [
    EditorView.cspNonce.of(nonce),
    EditorView.contentAttributes.of({ "aria-label": "SQL" }),
    EditorView.lineWrapping,
    lineNumbers(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    placeholder("SELECT …"),
    theme,
  ];
}

function done(deed: () => void): true {
  deed();
  return true;
}
