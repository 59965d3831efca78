// One call to our own server: JSON in and out, the session's cookie, and every error as a Problem.

import type { Violation } from "./types";

const ERROR_WITHOUT_WORDS = "The server could not answer. Try again in a moment.";
const UNREACHABLE = "The server cannot be reached. Check your connection.";
const BROKEN_OFF = "The answer broke off on its way. Try again.";
// What a proxy says while the server behind it is away: whether the server did what it was asked is not known.
const OF_A_PROXY = new Set([502, 503, 504]);

const UNREADABLE = "unreadable";

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly violations: Violation[] = [],
    // Asked again later, it may be answered.
    readonly isPassing = true,
  ) {
    super(detail);
  }

  // It may have been done all the same, or be on its way.
  get isAnswerLost(): boolean {
    return this.status === 0 || this.code === "idempotency_in_flight" || (this.code === UNREADABLE && OF_A_PROXY.has(this.status));
  }
}

export interface Asked {
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

// How far the server's clock is ahead of ours, in milliseconds: what it says of a run is in its time.
let ahead = 0;
let whenSignedOut = () => {};

export function serverNow(): number {
  return Date.now() + ahead;
}

export function onSignedOut(listener: () => void): void {
  whenSignedOut = listener;
}

export async function call<T>(method: string, path: string, asked: Asked = {}): Promise<T> {
  const answer = await send(method, path, asked);
  const date = Date.parse(answer.headers.get("Date") ?? "");
  if (!Number.isNaN(date)) ahead = date - Date.now();
  if (answer.ok) return (answer.status === 204 ? undefined : await read(answer, asked.signal)) as T;
  const problem = await problemOf(answer);
  if (problem.status === 401) whenSignedOut();
  throw problem;
}

export async function fetchFile(path: string): Promise<Blob> {
  const answer = await send("GET", path, { headers: { Accept: "text/csv, application/json" } });
  if (!answer.ok) throw await problemOf(answer);
  try {
    return await answer.blob();
  } catch {
    throw new Problem(0, "unreachable", "The file broke off on its way. Try again.");
  }
}

// Cut short, or somebody else's page in its place.
async function read(answer: Response, signal?: AbortSignal): Promise<unknown> {
  try {
    return await answer.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, "unreachable", BROKEN_OFF);
  }
}

async function send(method: string, path: string, asked: Asked): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json", ...asked.headers };
  if (method !== "GET") headers["X-CSRFToken"] = cookie("csrftoken");
  const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
  if (asked.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(asked.body);
  }
  if (asked.signal) init.signal = asked.signal;
  try {
    return await fetch(path, init);
  } catch (error) {
    if (asked.signal?.aborted) throw error;
    throw new Problem(0, "unreachable", UNREACHABLE);
  }
}

async function problemOf(answer: Response): Promise<Problem> {
  const { code, detail, violations, retryable } = (await answer.json().catch(() => null)) ?? {};
  if (typeof code !== "string" || typeof detail !== "string") return new Problem(answer.status, UNREADABLE, ERROR_WITHOUT_WORDS);
  return new Problem(answer.status, code, detail, violations, retryable);
}

function cookie(name: string): string {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return decodeURIComponent(found?.slice(name.length + 1) ?? "");
}
