// The run of each tab: begun, watched, stopped, and read page by page.

import { signal } from "@preact/signals";
import { lookAgain } from "../account";
import { cancelRun, discardResults, getResults, submitRun } from "../api/calls";
import { Problem } from "../api/http";
import type { ResultPage, Run, Stage, Status } from "../api/types";
import { speak, tell, tellProblem } from "../messages";
import { changeTab, type Tab, tabs } from "../tabs/tabs";
import { type Line, watch } from "./stream";
import { ended, isActive, waitsFor } from "./words";

// Times are the server's. `run` is there once the run has ended; `problem` is why it could not begin or be read.
export interface Watched {
  runId?: string;
  status: Status;
  stage?: Stage;
  startedAt?: number;
  stageSince?: number;
  line: Line;
  run?: Run;
  problem?: Problem;
  page?: ResultPage;
  isReading: boolean;
  isStopping: boolean;
}

export const watched = signal<ReadonlyMap<string, Watched>>(new Map());
const stops = new Map<string, () => void>();

const FRESH: Watched = { status: "queued", line: "up", isReading: false, isStopping: false };

export function changeWatched(tabId: string, fields: Partial<Watched>): void {
  const before = watched.value.get(tabId) ?? FRESH;
  watched.value = new Map(watched.value).set(tabId, { ...before, ...fields });
}

export function forget(tabId: string): void {
  stops.get(tabId)?.();
  stops.delete(tabId);
  const left = new Map(watched.value);
  left.delete(tabId);
  watched.value = left;
}

// `from` is where in the tab's text `sqlText` begins.
export async function begin(tab: Tab, sqlText: string, from: number): Promise<void> {
  forget(tab.id);
  changeWatched(tab.id, {});
  const { target } = tab;
  const asked = { sqlText, snippetName: tab.name.slice(0, 100), ...(target && { targetDataExtension: target }) };
  // After a reload now, the rows of an older run would stand below this query.
  changeTab(tab.id, { runId: "" });
  let isLeft = false;
  stops.set(tab.id, () => {
    isLeft = true;
  });
  try {
    const runId = await submitRun(asked);
    if (isLeft) return; // the history has it
    changeTab(tab.id, { runId, ranFrom: from });
    follow(tab.id, runId);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (isLeft) return;
    changeTab(tab.id, { ranFrom: from });
    changeWatched(tab.id, { status: "failed", problem: error });
    speak(error.message);
  }
}

export function follow(tabId: string, runId: string): void {
  forget(tabId);
  changeWatched(tabId, { runId });
  const stop = watch(runId, {
    onLine: (line) => changeWatched(tabId, { line }),
    onAsked: ({ status, stage, createdAt }) => changeWatched(tabId, { status, startedAt: Date.parse(createdAt), ...(stage && { stage }) }),
    onTrouble: (problem) => changeWatched(tabId, { status: "failed", problem }),
    onEnd: (run) => void finish(tabId, run),
    onEvent: ({ status, stage, at }) => {
      const time = Date.parse(at);
      const startedAt = watched.value.get(tabId)?.startedAt ?? time;
      changeWatched(tabId, { status, startedAt, stageSince: time, line: "up", ...(stage && { stage }) });
      if (isActive(status)) speak(waitsFor(status, stage));
    },
  });
  stops.set(tabId, stop);
}

async function finish(tabId: string, run: Run): Promise<void> {
  changeWatched(tabId, { run, status: run.status, isStopping: false, line: "up" });
  speak(run.errorMessage ?? ended(run));
  if (run.errorCode === "reconnect_required") void lookAgain().catch(tellProblem);
  if (run.status === "ready") await read(tabId, 1);
}

export async function read(tabId: string, page: number): Promise<void> {
  const runId = watched.value.get(tabId)?.runId;
  if (!runId) return;
  changeWatched(tabId, { isReading: true });
  try {
    const found = await getResults(runId, page);
    if (watched.value.get(tabId)?.runId !== runId) return;
    changeWatched(tabId, { page: found, isReading: false });
    speak(`Page ${found.page} of ${found.totalPages}.`);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const now = watched.value.get(tabId);
    if (now?.runId !== runId) return;
    changeWatched(tabId, now.page ? { isReading: false } : { isReading: false, problem: error });
    if (now.page) tellProblem(error);
  }
}

// The rows go from Marketing Cloud now, not in a day.
export async function discard(tabId: string, runId: string): Promise<void> {
  try {
    await discardResults(runId);
    follow(tabId, runId);
  } catch (error) {
    tellProblem(error);
  }
}

export async function stop(runId: string): Promise<void> {
  const tab = tabs.value.find((each) => each.runId === runId);
  if (tab) changeWatched(tab.id, { isStopping: true });
  try {
    const { mayStillWrite } = await cancelRun(runId);
    tell(mayStillWrite ? "Canceled. Marketing Cloud cannot stop a query: it may still write its rows." : "Canceled.");
  } catch (error) {
    if (tab) changeWatched(tab.id, { isStopping: false });
    tellProblem(error);
  }
}
