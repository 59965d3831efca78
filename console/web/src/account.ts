// Who is signed in, and in which business unit.

import { signal } from "@preact/signals";
import { getMe, listUnits, signOut } from "./api/calls";
import { call, onSignedOut, Problem } from "./api/http";
import type { BusinessUnit, Me } from "./api/types";
import { keep, kept, onKeptElsewhere } from "./kept";
import { tellProblem } from "./messages";

export type Standing = "asking" | "out" | "in" | "unreachable";

export const standing = signal<Standing>("asking");
// Somebody was signed in on this page, and is no more.
export const hasEnded = signal(false);
export const me = signal<Me | undefined>(undefined);
export const units = signal<BusinessUnit[] | undefined>(undefined);

onSignedOut(() => {
  if (standing.value === "in") hasEnded.value = true;
  standing.value = "out";
});

export async function findOut(): Promise<void> {
  try {
    me.value = await getMe();
    units.value = await listUnits();
    standing.value = "in";
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401) return;
    if (standing.value === "in") tellProblem(error);
    else standing.value = "unreachable";
  }
}

// After what may have changed one's role, or how the business unit is reached.
export async function lookAgain(): Promise<void> {
  me.value = await getMe();
}

// All windows share the session: where another one came to act as somebody else, or in another business unit, or signed
// out, this one would go on under the wrong name, and begins anew.
export function actAs(whose: string): void {
  keep("acting", whose);
  onKeptElsewhere("acting", () => {
    if (kept("acting", whose) !== whose) location.reload();
  });
}

// A new page for a new business unit: nothing of the old one stays on the screen.
export async function switchUnit(mid: number): Promise<void> {
  await call("POST", "/api/business-units/switch", { body: { mid } });
  location.reload();
}

export async function leave(): Promise<void> {
  await signOut();
  keep("acting", "");
  location.reload();
}

// Back to the same part of the console.
export function signInAddress(subdomain: string): string {
  return `/auth/mce/login?${new URLSearchParams({ subdomain, next: `/${location.hash}` })}`;
}
