// Which section of the account is shown: it stands in the address, so that it can be linked to and gone back from.

import { computed, signal } from "@preact/signals";
import { me } from "../account";

export type Section = "keys" | "members" | "units" | "connections" | "audit";

export const NAMES: Record<Section, string> = {
  keys: "API keys",
  members: "Members",
  units: "Business units",
  connections: "Connections",
  audit: "Audit",
};

const EVERYBODYS: Section[] = ["keys"];
const PREFIX = "#account/";
const hash = signal(location.hash);
addEventListener("hashchange", () => {
  hash.value = location.hash;
});

export function addressOf(section: Section): string {
  return PREFIX + section;
}

export const manages = computed(() => me.value?.role === "owner" || me.value?.role === "admin");
export const sections = computed(() => (manages.value ? (Object.keys(NAMES) as Section[]) : EVERYBODYS));

// undefined while the queries are shown.
export const shown = computed<Section | undefined>(() => {
  if (!hash.value.startsWith(PREFIX)) return undefined;
  return sections.value.find((section) => hash.value === addressOf(section)) ?? "keys";
});

export function leaveAccount(): void {
  location.hash = "";
}
