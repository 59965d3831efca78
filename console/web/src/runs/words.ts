// What a run is doing, in plain sentences.

import type { Run, Stage, Status } from "../api/types";

export const STAGES: { stage: Stage; name: string; waitsFor: string }[] = [
  { stage: "validating", name: "Check", waitsFor: "Marketing Cloud is checking the SQL." },
  { stage: "preparing", name: "Prepare", waitsFor: "Making the data extension and the query activity." },
  { stage: "starting", name: "Start", waitsFor: "Asking Marketing Cloud to start the query." },
  {
    stage: "executing",
    name: "Run",
    waitsFor: "Marketing Cloud is running the query; it is asked again and again whether it has ended.",
  },
  { stage: "confirming", name: "Confirm", waitsFor: "Making sure that it has ended and that its rows can be read." },
];

const STATUS_WORDS: Record<Status, string> = {
  queued: "Queued",
  running: "Running",
  ready: "Ready",
  failed: "Failed",
  canceled: "Canceled",
};

export function nameOf(status: Status): string {
  return STATUS_WORDS[status];
}

export function isActive(status: Status): boolean {
  return status === "queued" || status === "running";
}

export function waitsFor(status: Status, stage: Stage | undefined): string {
  if (status === "queued") return "Waiting for its turn.";
  return STAGES.find((each) => each.stage === stage)?.waitsFor ?? "";
}

export function seconds(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / 1000));
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

// Of what has ended: tenths matter below ten seconds.
export function duration(ms: number | null): string {
  if (ms === null) return "";
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : seconds(ms);
}

export function count(number: number, word: string): string {
  return `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
}

export function ended(run: Run): string {
  const took = run.timings.totalMs === null ? "" : ` after ${duration(run.timings.totalMs)}`;
  if (run.status === "ready") return run.rowCount === null ? `Ready${took}` : `${count(run.rowCount, "row")}${took}`;
  return `${nameOf(run.status)}${took}`;
}
