// One editor for all tabs: each keeps its text, selection and undo history while another is shown.

import { closeCompletion } from "@codemirror/autocomplete";
import type { EditorState } from "@codemirror/state";
import { closeHoverTooltips, EditorView } from "@codemirror/view";
import { effect, untracked } from "@preact/signals";
import { Component } from "preact";
import { runActive, stopActive } from "../shell/deeds";
import { active, adopted, changeTab, tabs } from "../tabs/tabs";
import { checkAgain, stateOf } from "./setup";
import { editor } from "./view";

function onOnline(listener: () => void): () => void {
  addEventListener("online", listener);
  return () => removeEventListener("online", listener);
}

export class Editor extends Component {
  #place: HTMLDivElement | null = null;
  #view: EditorView | undefined;
  #shown = "";
  readonly #states = new Map<string, EditorState>();
  readonly #ends: (() => void)[] = [];

  override componentDidMount(): void {
    if (!this.#place) return;
    // With a state from the start: it has the nonce, without which the page refuses the editor's styles.
    this.#view = new EditorView({ parent: this.#place, state: this.#stateOf(active.value.sql) });
    this.#shown = active.value.id;
    editor.view = this.#view;
    this.#ends.push(
      effect(() => this.#show(active.value.id)),
      effect(() => {
        if (adopted.value > 0) untracked(() => this.#adopt());
      }),
      onOnline(() => this.#view && checkAgain(this.#view)),
      effect(() => {
        void JSON.stringify(active.value.target);
        if (this.#view) checkAgain(this.#view);
      }),
    );
  }

  override componentWillUnmount(): void {
    for (const end of this.#ends) end();
    this.#view?.destroy();
    editor.view = undefined;
  }

  #show(id: string): void {
    const view = this.#view;
    if (!view || id === this.#shown) return;
    // What floats over this text would be measured in the next one, at places that it may not have.
    closeCompletion(view);
    view.dispatch({ effects: closeHoverTooltips });
    if (this.#shown) this.#states.set(this.#shown, view.state);
    this.#shown = id;
    view.setState(this.#states.get(id) ?? this.#stateOf(untracked(() => active.value.sql)));
    checkAgain(view);
  }

  // Another window changed the texts: those that are the same keep their history.
  #adopt(): void {
    const view = this.#view;
    if (!view) return;
    for (const tab of tabs.value) {
      const state = tab.id === this.#shown ? view.state : this.#states.get(tab.id);
      if (!state || state.doc.toString() === tab.sql) continue;
      const changed = state.update({ changes: { from: 0, to: state.doc.length, insert: tab.sql } });
      if (tab.id === this.#shown) view.dispatch(changed);
      else this.#states.set(tab.id, changed.state);
    }
  }

  #stateOf(text: string): EditorState {
    const deeds = {
      run: () => void runActive(),
      stop: () => void stopActive(),
      changed: (sql: string) => {
        if (sql !== active.value.sql) changeTab(active.value.id, { sql });
      },
    };
    return stateOf(text, deeds, document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "");
  }

  override shouldComponentUpdate(): boolean {
    return false;
  }

  override render() {
    return (
      <div
        class="editor"
        ref={(place: HTMLDivElement | null) => {
          this.#place = place;
        }}
      />
    );
  }
}
