// Where the page begins.

import { effect, untracked } from "@preact/signals";
import { render } from "preact";
import { actAs, findOut, me, standing } from "./account";
import { loadVocabulary } from "./catalog/catalog";
import { tell, tellProblem } from "./messages";
import { follow, watched } from "./runs/runs";
import { App } from "./shell/App";
import { refusal } from "./shell/SignIn";
import { followTheme } from "./shell/theme";
import { active, openShelf } from "./tabs/tabs";
import "./styles/colours.css";
import "./styles/page.css";
import "./styles/query.css";
import "./styles/results.css";
import "./styles/account.css";
import "./styles/narrow.css";
import "./styles/forced.css";

followTheme();

let isOpen = false;
effect(() => {
  const who = me.value;
  if (standing.value !== "in" || !who || isOpen) return;
  isOpen = true;
  untracked(() => {
    const whose = `${who.user.id}.${who.mid}`;
    actAs(whose);
    openShelf(whose);
    tellRefusal();
    void loadVocabulary().catch(tellProblem);
    effect(resume);
  });
});

// Of a sign-in again, by somebody whose session goes on.
function tellRefusal(): void {
  const why = refusal();
  if (!why) return;
  tell(why, true);
  history.replaceState(null, "", location.pathname + location.hash);
}

// The run that a tab had before a reload, once the tab is shown: watched again, or its rows read anew.
function resume(): void {
  const { id, runId } = active.value;
  if (runId && !untracked(() => watched.value.has(id))) untracked(() => follow(id, runId));
}

const place = document.getElementById("app");
if (!place) throw new Error("The page has no place for the console.");
render(<App />, place);
void findOut();
