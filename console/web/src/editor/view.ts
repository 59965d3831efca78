// The one editor, for what stands beside it: places to show, names to insert.

import { EditorSelection } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import type { Place } from "../runs/place";

export const editor: { view: EditorView | undefined } = { view: undefined };

export function insert(text: string): void {
  const { view } = editor;
  if (!view) return;
  view.dispatch(view.state.replaceSelection(text), { userEvent: "input", scrollIntoView: true });
  view.focus();
}

export function show(place: Place): void {
  const { view } = editor;
  if (!view) return;
  const end = view.state.doc.length;
  const selection = EditorSelection.single(Math.min(place.from, end), Math.min(place.to, end));
  view.dispatch({ selection, effects: EditorView.scrollIntoView(selection.main, { y: "center" }) });
  view.focus();
}

// The selected text, or all of it, and where it begins.
export function chosen(): { text: string; from: number; isSelection: boolean } {
  const state = editor.view?.state;
  if (!state) return { text: "", from: 0, isSelection: false };
  const { from, to } = state.selection.main;
  const selected = state.sliceDoc(from, to);
  return selected.trim()
    ? { text: selected, from, isSelection: true }
    : { text: state.doc.toString(), from: 0, isSelection: false };
}
