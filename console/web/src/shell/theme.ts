// Light or dark: as the system says, or as somebody chose here.

import { effect, signal } from "@preact/signals";
import { keep, kept } from "../kept";

export type Theme = "auto" | "light" | "dark";
const ROUND: Record<Theme, Theme> = { auto: "light", light: "dark", dark: "auto" };

export const theme = signal<Theme>(kept<Theme>("theme", "auto"));

export function followTheme(): void {
  effect(() => {
    keep("theme", theme.value);
    document.documentElement.dataset["theme"] = theme.value;
  });
}

export function nextTheme(): void {
  theme.value = ROUND[theme.value];
}
