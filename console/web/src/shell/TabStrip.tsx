// The tabs above the editor. Two clicks or F2 rename one.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { watched } from "../runs/runs";
import { isActive, nameOf } from "../runs/words";
import { active, changeTab, chooseTab, type Tab, tabs } from "../tabs/tabs";
import { close, openNew } from "./deeds";
import { Icon } from "./Icon";

const LONGEST_NAME = 100;

// The keyboard goes on at the tab that is shown, once it is drawn.
let isFocusDue = false;

export function TabStrip() {
  return (
    <div class="tabs">
      <div class="tab-list" role="tablist" aria-label="Queries" onKeyDown={walk}>
        {tabs.value.map((tab) => (
          <TabHead key={tab.id} tab={tab} />
        ))}
      </div>
      <button type="button" class="icon-button" aria-label="New query" onClick={openNew}>
        <Icon name="add" />
      </button>
      <span class="grow" />
      <button type="button" class="icon-button" aria-label={`Close ${active.value.name}`} onClick={() => close(active.value.id)}>
        <Icon name="close" />
      </button>
    </div>
  );
}

function TabHead({ tab }: { tab: Tab }) {
  const [isRenaming, setRenaming] = useState(false);
  const head = useRef<HTMLButtonElement>(null);
  const isActiveTab = tab.id === active.value.id;
  useLayoutEffect(() => {
    if (!isFocusDue || !isActiveTab || !head.current) return;
    isFocusDue = false;
    head.current.focus();
  });
  // There may be more tabs than room.
  useLayoutEffect(() => {
    if (isActiveTab) head.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [isActiveTab]);
  if (isRenaming) return <Rename tab={tab} onDone={() => setRenaming(false)} />;
  return (
    <button
      type="button"
      ref={head}
      role="tab"
      id={`tab-${tab.id}`}
      class="tab"
      aria-selected={isActiveTab}
      aria-controls="query"
      tabIndex={isActiveTab ? 0 : -1}
      title="Two clicks or F2: rename"
      onClick={() => chooseTab(tab.id)}
      onAuxClick={(event) => event.button === 1 && close(tab.id)}
      onDblClick={() => setRenaming(true)}
      onKeyDown={(event) => {
        if (event.key === "F2") setRenaming(true);
        if (event.key !== "Delete") return;
        isFocusDue = true;
        close(tab.id);
      }}
    >
      <Mark tabId={tab.id} />
      {tab.name}
    </button>
  );
}

function Mark({ tabId }: { tabId: string }) {
  const status = watched.value.get(tabId)?.status;
  if (!status) return null;
  return (
    <span class={`mark is-${isActive(status) ? "active" : status}`}>
      <span class="sr">{nameOf(status)}: </span>
    </span>
  );
}

function Rename({ tab, onDone }: { tab: Tab; onDone(): void }) {
  const isDone = useRef(false);
  // Once: what is taken away while it has the focus is told that it lost it.
  const end = (name: string) => {
    if (isDone.current) return;
    isDone.current = true;
    if (name) changeTab(tab.id, { name });
    onDone();
  };
  return (
    <input
      class="tab-name"
      aria-label="Name of the query"
      maxLength={LONGEST_NAME}
      defaultValue={tab.name}
      ref={(input) => input?.focus()}
      onBlur={(event) => end(event.currentTarget.value.trim())}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key !== "Enter" && event.key !== "Escape") return;
        isFocusDue = true;
        end(event.key === "Enter" ? event.currentTarget.value.trim() : "");
      }}
    />
  );
}

function walk(event: KeyboardEvent): void {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (by === undefined) return;
  const all = tabs.value;
  const next = all[(all.findIndex((tab) => tab.id === active.value.id) + by + all.length) % all.length];
  if (!next) return;
  chooseTab(next.id);
  document.getElementById(`tab-${next.id}`)?.focus();
}
