// Who did what, newest first.

import { useSignal } from "@preact/signals";
import { useState } from "preact/hooks";
import { type Entry, type EntryPage, listAudit, listMembers } from "../api/managing";
import { Older, usePages } from "../shell/Pages";
import { useListed } from "./listed";
import { ACTIONS, doneTo } from "./words";
import { moment } from "./moments";

export function Audit() {
  const [action, setAction] = useState("");
  const pages = usePages(useSignal<EntryPage | undefined>(undefined), (next) => listAudit(next, action), [action]);
  const members = useListed(listMembers);
  const names = new Map(members.found?.map((each) => [each.id, each.name]));
  const entries = pages.shown?.results;
  return (
    <>
      <p class="muted">Never SQL, secrets or rows. No entry can be changed or deleted.</p>
      <div class="section-bar">
        <label>
          What{" "}
          <select value={action} onChange={(event) => setAction(event.currentTarget.value)}>
            <option value="">Everything</option>
            {Object.entries(ACTIONS).map(([each, words]) => (
              <option key={each} value={each}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <button type="button" onClick={() => void pages.again()}>
          Read again
        </button>
      </div>
      {entries?.length === 0 && <p class="muted">Nothing of that kind.</p>}
      {entries && entries.length > 0 && <Entries entries={entries} names={names} />}
      <Older pages={pages} name="Older entries" />
    </>
  );
}

function Entries({ entries, names }: { entries: Entry[]; names: ReadonlyMap<string, string> }) {
  return (
    <div class="audit" role="region" aria-label="Entries" tabIndex={0}>
      <table class="list">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">What</th>
            <th scope="col">To what</th>
            <th scope="col">By way of</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.id}>
              <td>
                <time dateTime={entry.at}>{moment(entry.at)}</time>
              </td>
              <td>{entry.by || "—"}</td>
              <td>{ACTIONS[entry.action] ?? entry.action}</td>
              <td class="wide">{doneTo(entry, names)}</td>
              <td>{entry.via}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
