// Sentences for the person: short ones that go by, and what a screen reader is told.

import { signal } from "@preact/signals";
import { Problem } from "./api/http";

export interface Notice {
  text: string;
  isError: boolean;
  offer?: Offer;
}

// What can still be done about it.
export interface Offer {
  name: string;
  take(): void;
}

export const notice = signal<Notice | undefined>(undefined);
export const spoken = signal("");

const SHOWN_MS = 8000;
let timer = 0;

export function tell(text: string, isError = false): void {
  announce({ text, isError });
}

export function tellWith(text: string, offer: Offer): void {
  announce({ text, isError: false, offer });
}

export function dismiss(): void {
  notice.value = undefined;
}

function announce(what: Notice): void {
  notice.value = what;
  clearTimeout(timer);
  if (!what.isError) timer = setTimeout(dismiss, SHOWN_MS);
}

export function speak(text: string): void {
  spoken.value = text;
}

// For the end of an action: what went wrong is said, and what nobody foresaw is thrown on.
export function tellProblem(error: unknown): void {
  if (!(error instanceof Problem)) throw error;
  tell(error.message, true);
}
