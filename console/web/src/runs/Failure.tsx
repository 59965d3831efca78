// Why there are no rows, in a sentence, and where in the SQL, if that is known.

import { show } from "../editor/view";
import { Icon } from "../shell/Icon";
import type { Tab } from "../tabs/tabs";
import { type Place, placeIn } from "./place";
import { follow, type Watched } from "./runs";

export function Failure({ tab, now }: { tab: Tab; now: Watched }) {
  const message = now.run?.errorMessage ?? now.problem?.message ?? "The run failed.";
  const violations = now.run?.violations ?? now.problem?.violations ?? [];
  return (
    <div class="failure" role="group" aria-label="Why the run failed">
      <p class="failure-line">
        <Icon name="error" /> <strong data-testid="status">{now.status === "failed" ? "Failed" : "No rows"}</strong>
      </p>
      {violations.length === 0 && <Sentence tab={tab} message={message} />}
      {violations.map((violation) => (
        <Sentence key={violation.message} tab={tab} message={violation.message} />
      ))}
      {now.runId && now.problem?.isPassing && (
        <button type="button" onClick={() => now.runId && follow(tab.id, now.runId)}>
          <Icon name="again" /> Try again
        </button>
      )}
      {now.run?.errorCode && <p class="muted">Code: {now.run.errorCode}</p>}
    </div>
  );
}

function Sentence({ tab, message }: { tab: Tab; message: string }) {
  const place = placed(tab, message);
  return (
    <p class="sentence">
      {message}
      {place && (
        <button type="button" class="quiet" onClick={() => show(place)}>
          <Icon name="place" /> Show in the SQL
        </button>
      )}
    </p>
  );
}

// The text that ran began at `ranFrom`; what was written since may have moved it.
function placed(tab: Tab, message: string): Place | undefined {
  const from = tab.ranFrom ?? 0;
  const place = placeIn(tab.sql.slice(from), message);
  return place && { from: place.from + from, to: place.to + from };
}
