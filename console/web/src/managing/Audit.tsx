// Who did what, newest first.

import { useEffect, useState } from "preact/hooks";
import { type Entry, type EntryPage, listAudit, listMembers } from "../api/managing";
import { tell } from "../messages";
import { sentence, useListed } from "./listed";
import { ACTIONS, doneTo } from "./words";
import { moment } from "./moments";

export function Audit() {
  const [action, setAction] = useState("");
  const [shown, setShown] = useState<EntryPage | undefined>(undefined);
  const members = useListed(listMembers);
  const names = new Map(members.found?.map((each) => [each.id, each.name]));

  async function load(before: EntryPage | undefined): Promise<void> {
    try {
      const page = await listAudit(before?.next ?? null, action);
      setShown({ ...page, results: [...(before?.results ?? []), ...page.results] });
    } catch (error) {
      tell(sentence(error), true);
    }
  }
  useEffect(() => void load(undefined), [action]);

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
        <button type="button" onClick={() => void load(undefined)}>
          Read again
        </button>
      </div>
      {shown?.results.length === 0 && <p class="muted">Nothing of that kind.</p>}
      {shown && shown.results.length > 0 && <Entries entries={shown.results} names={names} />}
      {shown?.next && (
        <button type="button" class="quiet more" onClick={() => void load(shown)}>
          Older entries
        </button>
      )}
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
