// Sentences for the person: short ones that go by, and what a screen reader is told.

import { signal } from "@preact/signals";
import { Problem } from "./api/http";

export interface Notice {
  text: string;
  isError: boolean;
}

export const notice = signal<Notice | undefined>(undefined);
export const spoken = signal("");

const SHOWN_MS = 6000;
let timer = 0;

export function tell(text: string, isError = false): void {
  notice.value = { text, isError };
  clearTimeout(timer);
  if (!isError) timer = setTimeout(dismiss, SHOWN_MS);
}

export function dismiss(): void {
  notice.value = undefined;
}

export function speak(text: string): void {
  spoken.value = text;
}

// For the end of an action: what went wrong is said, and what nobody foresaw is thrown on.
export function tellProblem(error: unknown): void {
  if (!(error instanceof Problem)) throw error;
  tell(error.message, true);
}
