// A run's events as they happen. An EventSource connects again by itself when the line breaks; where the server refuses
// (too many streams, a restart) the run is asked for instead, and the stream is tried again after a while. A line that is
// dead without a word (a proxy, a computer that slept) looks like one on which nothing happens: then, too, the run is asked for.

import { getRun } from "../api/calls";
import { Problem } from "../api/http";
import type { Run, StatusEvent } from "../api/types";
import { isActive } from "./words";

export const RETRY_MS = 5000;
const QUIET_MS = 30_000;

// "asked" where there is no stream: the run is asked for every RETRY_MS.
export type Line = "up" | "asked" | "down";

export interface Listener {
  onEvent(event: StatusEvent): void;
  onAsked(run: Run): void;
  onEnd(run: Run): void;
  onTrouble(problem: Problem): void;
  onLine(line: Line): void;
}

// Returns how to stop watching.
export function watch(runId: string, listener: Listener): () => void {
  let source: EventSource | undefined;
  let timer = 0;
  let last: { id: string; event: StatusEvent } | undefined;
  let stopped = false;

  function stop(): void {
    stopped = true;
    source?.close();
    clearTimeout(timer);
  }

  function wait(then: () => Promise<void> | void, ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(then, ms);
  }

  function open(): void {
    source = new EventSource(`/api/runs/${runId}/events${last ? `?lastEventId=${last.id}` : ""}`);
    source.onopen = () => listener.onLine("up");
    source.addEventListener("status", (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as StatusEvent;
      last = { id: message.lastEventId, event };
      listener.onEvent(event);
      if (isActive(event.status)) wait(look, QUIET_MS);
      else void ask();
    });
    source.onerror = () => {
      if (stopped) return;
      listener.onLine("down");
      if (source?.readyState === EventSource.CLOSED) void ask();
    };
    wait(look, QUIET_MS);
  }

  // In place of a stream that was refused, or has told everything: that would end at once, again and again.
  async function ask(): Promise<void> {
    clearTimeout(timer);
    source?.close();
    const run = await active();
    if (run) listener.onAsked(run);
    if (run) listener.onLine("asked");
    if (!stopped) wait(last && !isActive(last.event.status) ? ask : open, RETRY_MS);
  }

  // Is the line dead, or is there nothing to tell?
  async function look(): Promise<void> {
    const run = await active();
    if (stopped || source?.readyState === EventSource.CLOSED) return;
    if (!run || isTold(run)) return wait(look, QUIET_MS);
    source?.close();
    open();
  }

  function isTold(run: Run): boolean {
    return run.status === last?.event.status && run.stage === (last.event.stage ?? null);
  }

  // The run, while it is on its way and the server tells.
  async function active(): Promise<Run | undefined> {
    try {
      const run = await getRun(runId);
      if (stopped) return undefined;
      if (isActive(run.status)) return run;
      stop();
      listener.onEnd(run);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (stopped) return undefined;
      if (error.isPassing) return void listener.onLine("down");
      stop();
      listener.onTrouble(error);
    }
    return undefined;
  }

  open();
  return stop;
}
