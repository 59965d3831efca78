// The tabs: a query each, kept in this browser by person and business unit. Their SQL goes to the server only to be run,
// checked or completed.

import { computed, signal } from "@preact/signals";
import type { Target } from "../api/types";
import { keep, kept, onKeptElsewhere } from "../kept";
import { tell } from "../messages";

// `runId` is the last run; `ranFrom` is where in `sql` its text began, for places that are told of it.
export interface Tab {
  id: string;
  name: string;
  sql: string;
  target?: Target;
  runId?: string;
  ranFrom?: number;
}

interface Shelf {
  tabs: Tab[];
  activeId: string;
}

const EXAMPLE = "SELECT TOP 100\n  SubscriberKey,\n  EventDate\nFROM _Sent\nORDER BY EventDate DESC";
const WRITE_AFTER_MS = 250;
const NOT_KEPT =
  "This browser keeps your queries no more: its storage is full or turned off. They are gone when you close this page.";

const shelf = signal<Shelf>(startingWith(EXAMPLE));
let place = "";
let timer = 0;
// What was kept when this window last read or wrote it.
let known = "";
let isTold = false;
// Tabs that were changed, added or closed here since it was written.
const unwritten = new Set<string>();

export const tabs = computed(() => shelf.value.tabs);
export const active = computed(() => shelf.value.tabs.find((tab) => tab.id === shelf.value.activeId) ?? first());
// Counts up when another window wrote: the editor then reads the text anew.
export const adopted = signal(0);

export function openShelf(whose: string): void {
  place = `tabs.${whose}`;
  shelf.value = kept(place, shelf.value);
  write();
  onKeptElsewhere(place, adopt);
  // A browser holds back the timers of a window that is not seen, and the next one may open before they go off.
  addEventListener("visibilitychange", () => document.hidden && write());
  addEventListener("pagehide", write);
}

// What another window wrote is taken over, and not written again: the two would never come to an end. What was done
// here meanwhile is later, and stays.
function adopt(): void {
  const found = kept(place, shelf.value);
  if (JSON.stringify(found) === known) return;
  known = JSON.stringify(found);
  const theirs = found.tabs;
  const ours = shelf.value.tabs.filter((tab) => unwritten.has(tab.id));
  const both = [
    ...theirs.flatMap((tab) => (unwritten.has(tab.id) ? ours.filter((each) => each.id === tab.id) : [tab])),
    ...ours.filter((tab) => !theirs.some((each) => each.id === tab.id)),
  ];
  const stays = both.some((tab) => tab.id === shelf.value.activeId);
  shelf.value = { tabs: both, activeId: stays ? shelf.value.activeId : (both[0]?.id ?? "") };
  adopted.value += 1;
}

function change(next: Shelf): void {
  const before = shelf.value.tabs;
  for (const tab of [...before, ...next.tabs]) {
    if (!before.includes(tab) || !next.tabs.includes(tab)) unwritten.add(tab.id);
  }
  shelf.value = next;
}

function writeSoon(): void {
  clearTimeout(timer);
  timer = setTimeout(write, WRITE_AFTER_MS);
}

export function addTab(fields: Partial<Tab> = {}): void {
  const tab = { ...newTab(tabs.value), ...fields };
  change({ tabs: [...tabs.value, tab], activeId: tab.id });
  write();
}

export function closeTab(id: string): void {
  const at = tabs.value.findIndex((tab) => tab.id === id);
  const left = tabs.value.filter((tab) => tab.id !== id);
  if (left.length === 0) left.push(newTab([]));
  const neighbour = left[Math.min(at, left.length - 1)] ?? first();
  const activeId = shelf.value.activeId === id ? neighbour.id : shelf.value.activeId;
  change({ tabs: left, activeId });
  write();
}

export function reopen(tab: Tab, at: number): void {
  change({ tabs: tabs.value.toSpliced(at, 0, tab), activeId: tab.id });
  write();
}

export function chooseTab(id: string): void {
  change({ ...shelf.value, activeId: id });
  write();
}

export function changeTab(id: string, fields: Partial<Tab>): void {
  change({ ...shelf.value, tabs: tabs.value.map((tab) => (tab.id === id ? { ...tab, ...fields } : tab)) });
  writeSoon();
}

export function clearTarget(id: string): void {
  const without = ({ target: _, ...rest }: Tab): Tab => rest;
  change({ ...shelf.value, tabs: tabs.value.map((tab) => (tab.id === id ? without(tab) : tab)) });
  writeSoon();
}

// All windows write the one shelf, and word of what another one wrote may still be on its way.
function write(): void {
  clearTimeout(timer);
  adopt();
  const isKept = keep(place, shelf.value);
  if (isKept) {
    known = JSON.stringify(shelf.value);
    unwritten.clear();
  } else if (!isTold) {
    tell(NOT_KEPT, true);
  }
  isTold = !isKept;
}

function first(): Tab {
  const tab = shelf.value.tabs[0];
  if (!tab) throw new Error("There is always a tab.");
  return tab;
}

function startingWith(sql: string): Shelf {
  const tab = { ...newTab([]), sql };
  return { tabs: [tab], activeId: tab.id };
}

function newTab(others: Tab[]): Tab {
  const taken = new Set(others.map((tab) => tab.name));
  let number = 1;
  while (taken.has(`Query ${number}`)) number += 1;
  return { id: `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`, name: `Query ${number}`, sql: "" };
}
