// The tabs: a query each, kept in this browser by person and business unit. Their SQL goes to the server only to be run,
// checked or completed.

import { computed, effect, signal } from "@preact/signals";
import type { Target } from "../api/types";
import { keep, kept, onKeptElsewhere } from "../kept";

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

const shelf = signal<Shelf>(startingWith(EXAMPLE));
let place = "";
let timer = 0;

export const tabs = computed(() => shelf.value.tabs);
export const active = computed(() => shelf.value.tabs.find((tab) => tab.id === shelf.value.activeId) ?? first());
// Counts up when another window wrote: the editor then reads the text anew.
export const adopted = signal(0);

export function openShelf(whose: string): void {
  place = `tabs.${whose}`;
  shelf.value = kept(place, shelf.value);
  onKeptElsewhere(place, () => {
    const { tabs } = kept(place, shelf.value);
    const stays = tabs.some((tab) => tab.id === shelf.value.activeId);
    shelf.value = { tabs, activeId: stays ? shelf.value.activeId : (tabs[0]?.id ?? "") };
    adopted.value += 1;
  });
  effect(() => {
    void shelf.value;
    clearTimeout(timer);
    timer = setTimeout(write, WRITE_AFTER_MS);
  });
  addEventListener("pagehide", write);
}

export function addTab(fields: Partial<Tab> = {}): void {
  const tab = { ...newTab(tabs.value), ...fields };
  shelf.value = { tabs: [...tabs.value, tab], activeId: tab.id };
}

export function closeTab(id: string): void {
  const at = tabs.value.findIndex((tab) => tab.id === id);
  const left = tabs.value.filter((tab) => tab.id !== id);
  if (left.length === 0) left.push(newTab([]));
  const neighbour = left[Math.min(at, left.length - 1)] ?? first();
  const activeId = shelf.value.activeId === id ? neighbour.id : shelf.value.activeId;
  shelf.value = { tabs: left, activeId };
}

export function reopen(tab: Tab, at: number): void {
  shelf.value = { tabs: tabs.value.toSpliced(at, 0, tab), activeId: tab.id };
}

export function chooseTab(id: string): void {
  shelf.value = { ...shelf.value, activeId: id };
}

export function changeTab(id: string, fields: Partial<Tab>): void {
  shelf.value = { ...shelf.value, tabs: tabs.value.map((tab) => (tab.id === id ? { ...tab, ...fields } : tab)) };
}

export function clearTarget(id: string): void {
  const without = ({ target: _, ...rest }: Tab): Tab => rest;
  shelf.value = { ...shelf.value, tabs: tabs.value.map((tab) => (tab.id === id ? without(tab) : tab)) };
}

function write(): void {
  clearTimeout(timer);
  if (place) keep(place, shelf.value);
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
