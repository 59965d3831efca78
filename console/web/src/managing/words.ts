// What the audit's entries say, in plain words.

import type { Entry } from "../api/managing";

export const ACTIONS: Record<string, string> = {
  signed_in: "Signed in",
  signed_out: "Signed out",
  key_made: "Made a key",
  key_revoked: "Revoked a key",
  connection_made: "Made a connection",
  connection_changed: "Changed a connection",
  connection_removed: "Deleted a connection",
  role_changed: "Changed a role",
  member_deactivated: "Deactivated a member",
  member_activated: "Activated a member",
  unit_added: "Added a business unit",
  unit_renamed: "Renamed a business unit",
  unit_granted: "Granted a business unit",
  unit_withdrawn: "Withdrew a business unit",
  run_submitted: "Submitted a run",
  run_canceled: "Canceled a run",
  results_downloaded: "Downloaded rows",
  results_discarded: "Discarded rows",
  swept: "Swept by hand",
  staff_acted: "Staff acted",
};

// People by their names, everything else by what was written down about it and its id.
export function doneTo({ subject, details }: Entry, names: ReadonlyMap<string, string>): string {
  const more = Object.entries(details).map(([name, value]) => `${name} ${told(value)}`);
  return [names.get(subject), ...more, names.has(subject) ? "" : subject].filter(Boolean).join(" · ");
}

function told(value: unknown): string {
  if (Array.isArray(value)) return value.map(told).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}
