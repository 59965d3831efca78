// The page as a whole.

import { useEffect } from "preact/hooks";
import { findOut, me, signInAddress, standing } from "../account";
import { Tree } from "../catalog/Tree";
import { Editor } from "../editor/Editor";
import { Account } from "../managing/Account";
import { addressOf, manages, shown as section } from "../managing/place";
import { dismiss, notice, spoken } from "../messages";
import { ConfirmDialog } from "../target/ConfirmDialog";
import { TargetDialog } from "../target/TargetDialog";
import { active } from "../tabs/tabs";
import { asked, runActive } from "./deeds";
import { Icon } from "./Icon";
import { KeysDialog } from "./KeysDialog";
import { Panes } from "./Panes";
import { Question } from "./Question";
import { SignIn } from "./SignIn";
import { share, Splitter } from "./Splitter";
import { TabStrip } from "./TabStrip";
import { isChoosingTarget, Toolbar } from "./Toolbar";
import { areKeysShown, closeTreeOnEscape, isTreeOpen, TopBar } from "./TopBar";

export function App() {
  switch (standing.value) {
    case "asking":
      return <main class="door" aria-busy="true" />;
    case "out":
      return <SignIn />;
    case "unreachable":
      return <Unreachable />;
    case "in":
      return <Console />;
  }
}

function Unreachable() {
  return (
    <main class="door">
      <h1>QS Pro</h1>
      <p role="alert">The server cannot be reached just now. What is in your tabs is safe in this browser.</p>
      <button type="button" class="primary" onClick={() => void findOut()}>
        Try again
      </button>
    </main>
  );
}

function Console() {
  useEffect(() => {
    const run = (event: KeyboardEvent) => {
      if (section.value) return;
      const isElsewhere = !(event.target instanceof Element && event.target.closest(".cm-editor, dialog"));
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && isElsewhere) void runActive();
    };
    addEventListener("keydown", run);
    return () => removeEventListener("keydown", run);
  }, []);
  // The queries stay as they are meanwhile, with their runs and what can be undone.
  const isAway = section.value !== undefined;
  return (
    <div class="console">
      <TopBar />
      <Connection />
      {section.value && <Account section={section.value} />}
      <aside
        hidden={isAway}
        class={`tree ${isTreeOpen.value ? "is-open" : ""}`}
        aria-label="Data extensions and data views"
        onKeyDown={closeTreeOnEscape}
      >
        <Tree />
      </aside>
      <main hidden={isAway} class="work" style={{ "--share": `${share.value}%` }}>
        <section class="query" id="query" role="tabpanel" aria-labelledby={`tab-${active.value.id}`}>
          <TabStrip />
          <Toolbar />
          <Editor />
        </section>
        <Splitter />
        <Panes />
      </main>
      <Notice />
      <p class="sr" role="status" aria-live="polite">
        {spoken.value}
      </p>
      {isChoosingTarget.value && <TargetDialog key={active.value.id} />}
      {asked.value && <ConfirmDialog />}
      <Question />
      {areKeysShown.value && <KeysDialog />}
    </div>
  );
}

// Runs cannot start without it, and whoever looks for the reason should find it.
function Connection() {
  const state = me.value?.connection?.state;
  if (state === undefined || state === "active") return null;
  const subdomain = me.value?.tenant.subdomain;
  return (
    <p class="connection" role="alert">
      {state === "broken" ? "Marketing Cloud no longer takes our credentials for this business unit." : "This business unit is not connected."}{" "}
      {subdomain ? <a href={signInAddress(subdomain)}>Sign in again</a> : "Ask an owner or admin."}
      {manages.value && (
        <>
          , or see to its <a href={addressOf("connections")}>connections</a>
        </>
      )}
    </p>
  );
}

function Notice() {
  const now = notice.value;
  if (!now) return null;
  return (
    <div class={`notice ${now.isError ? "is-error" : ""}`} role={now.isError ? "alert" : "status"}>
      {now.text}
      {now.offer && (
        <button
          type="button"
          class="link"
          onClick={() => {
            dismiss();
            now.offer?.take();
          }}
        >
          {now.offer.name}
        </button>
      )}
      <button type="button" class="icon-button" aria-label="Dismiss" onClick={dismiss}>
        <Icon name="close" />
      </button>
    </div>
  );
}
