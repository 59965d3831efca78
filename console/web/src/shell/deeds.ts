// What the keys and buttons do with the tab that is shown.

import { signal } from "@preact/signals";
import { validate } from "../api/calls";
import { speak, tell, tellProblem, tellWith } from "../messages";
import { begin, forget, stop, watched } from "../runs/runs";
import { isActive } from "../runs/words";
import { active, addTab, chooseTab, closeTab, reopen, type Tab, tabs } from "../tabs/tabs";
import { chosen } from "../editor/view";
import { marked, type Marked } from "../editor/places";

export type Pane = "results" | "findings" | "history";

export const pane = signal<Pane>("results");
// What was found about writing into the target of a tab as it was then, until the person says yes or no.
export interface Asked {
  tab: Tab;
  sql: string;
  from: number;
  found: Marked[];
}

export const asked = signal<Asked | undefined>(undefined);
// Marketing Cloud is asked whether the query fits its target, which takes some seconds.
export const isChecking = signal(false);

export async function runActive(): Promise<void> {
  const tab = active.value;
  const { text, from } = chosen();
  if (!text.trim()) return tell("There is nothing to run: write a SELECT first.", true);
  const now = watched.value.get(tab.id);
  if (now && isActive(now.status)) return tell("This tab has a run already: stop it first, or run in another tab.", true);
  if (!tab.target) return start(tab, text, from);
  if (isChecking.value) return;
  isChecking.value = true;
  speak("Checking whether the query fits.");
  try {
    const told = await validate(text, { target: tab.target, deep: true });
    if (!tabs.value.some((each) => each.id === tab.id)) return;
    chooseTab(tab.id);
    asked.value = { tab, sql: text, from, found: marked(text, told, tab.sql.slice(0, from)) };
  } catch (error) {
    tellProblem(error);
  } finally {
    isChecking.value = false;
  }
}

export async function start(tab: Tab, sql: string, from: number): Promise<void> {
  pane.value = "results";
  await begin(tab, sql, from);
}

export async function stopActive(): Promise<void> {
  const now = watched.value.get(active.value.id);
  if (now?.runId && isActive(now.status)) await stop(now.runId);
}

// A run goes on without its tab; the history has it.
export function close(id: string): void {
  const tab = tabs.value.find((each) => each.id === id);
  if (!tab) return;
  const at = tabs.value.indexOf(tab);
  forget(id);
  closeTab(id);
  if (tab.sql.trim()) tellWith(`Closed “${tab.name}”.`, { name: "Open it again", take: () => reopen(tab, at) });
}

export function openNew(): void {
  addTab();
}
