// A run's events as they happen. An EventSource connects again by itself when the line breaks; where the server refuses
// (too many streams, a restart) the run is asked for instead, and the stream is tried again after a while.

import { getRun } from "../api/calls";
import { Problem } from "../api/http";
import type { Run, StatusEvent } from "../api/types";
import { isActive } from "./words";

const RETRY_MS = 5000;

export interface Listener {
  onEvent(event: StatusEvent): void;
  onEnd(run: Run): void;
  onTrouble(problem: Problem): void;
  onLine(isUp: boolean): void;
}

// Returns how to stop watching.
export function watch(runId: string, listener: Listener): () => void {
  let source: EventSource | undefined;
  let timer = 0;
  let lastId = "";
  let hasEnded = false;
  let stopped = false;

  function open(): void {
    const after = lastId ? `?lastEventId=${lastId}` : "";
    source = new EventSource(`/api/runs/${runId}/events${after}`);
    source.onopen = () => listener.onLine(true);
    source.addEventListener("status", (message: MessageEvent<string>) => {
      lastId = message.lastEventId;
      const event = JSON.parse(message.data) as StatusEvent;
      listener.onEvent(event);
      hasEnded = !isActive(event.status);
      if (hasEnded) void ask();
    });
    source.onerror = () => {
      if (stopped) return;
      listener.onLine(false);
      if (source?.readyState === EventSource.CLOSED) void ask();
    };
  }

  async function ask(): Promise<void> {
    source?.close();
    try {
      const run = await getRun(runId);
      if (stopped) return;
      if (!isActive(run.status)) return listener.onEnd(run);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (stopped) return;
      if (error.status === 401 || error.status === 404) return listener.onTrouble(error);
    }
    // A stream that has told everything would end at once, again and again.
    timer = setTimeout(hasEnded ? ask : open, RETRY_MS);
  }

  open();
  return () => {
    stopped = true;
    source?.close();
    clearTimeout(timer);
  };
}
