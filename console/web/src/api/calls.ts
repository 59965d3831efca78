// Every call that the console makes for queries and rows, by name.

import { call, Problem } from "./http";
import { pathOf } from "./paths";
import type { BusinessUnit, Me, ResultPage, Run, RunPage, Target, Understanding } from "./types";

export const getMe = () => call<Me>("GET", "/api/me");
export const getRun = (id: string) => call<Run>("GET", `/api/runs/${id}`);
export const cancelRun = (id: string) => call<{ mayStillWrite: boolean }>("POST", `/api/runs/${id}/cancel`);
export const getResults = (id: string, page: number) =>
  call<ResultPage>("GET", `/api/runs/${id}/results?page=${page}`);
export const discardResults = (id: string) => call<void>("DELETE", `/api/runs/${id}/results`);
export const signOut = () => call<void>("POST", "/api/auth/logout");

export function listRuns(next: string | null, status: string): Promise<RunPage> {
  const first = `/api/runs?pageSize=50${status ? `&status=${status}` : ""}`;
  return call<RunPage>("GET", next ? pathOf(next) : first);
}

export interface NewRun {
  sqlText: string;
  snippetName: string;
  targetDataExtension?: Target;
}

// Long enough for a server to start again.
const ASKED_AGAIN_AFTER_MS = [0, 1000, 3000, 6000];

// The key makes it safe to ask again where the answer was lost: a second run is never made.
export async function submitRun(run: NewRun): Promise<string> {
  const asked = { body: run, headers: { "Idempotency-Key": randomKey() } };
  const submit = () => call<{ runId: string }>("POST", "/api/runs", asked);
  for (const wait of ASKED_AGAIN_AFTER_MS) {
    try {
      return (await submit()).runId;
    } catch (error) {
      if (!(error instanceof Problem && error.isAnswerLost)) throw error;
    }
    await new Promise((go) => setTimeout(go, wait));
  }
  return (await submit()).runId;
}

interface Asked {
  target?: Target | undefined;
  deep?: boolean;
  signal?: AbortSignal;
}

// `deep` asks Marketing Cloud for its own opinion, too, which takes some seconds.
export function validate(sqlText: string, { target, deep, signal }: Asked): Promise<Understanding> {
  const body = { sqlText, ...(target && { targetDataExtension: target }), ...(deep && { deep }) };
  return call<Understanding>("POST", "/api/queries/validate", signal ? { body, signal } : { body });
}

// undefined where this server cannot switch.
export async function listUnits(): Promise<BusinessUnit[] | undefined> {
  try {
    return (await call<{ results: BusinessUnit[] }>("GET", "/api/business-units")).results;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return undefined;
    throw error;
  }
}

function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
