// API keys: everybody's own; for owners and admins all of them.

import { useState } from "preact/hooks";
import { me } from "../account";
import { type ApiKey, listKeys, revokeKey } from "../api/managing";
import { ask } from "../shell/Question";
import { type Listed, useListed } from "./listed";
import { day, moment } from "./moments";
import { NewKeyDialog } from "./NewKeyDialog";
import { manages } from "./place";

export function Keys() {
  const keys = useListed(listKeys);
  const [isMaking, setMaking] = useState(false);
  const [areOldShown, setOldShown] = useState(false);
  const shown = keys.found?.filter((key) => areOldShown || isGood(key));
  return (
    <>
      <p class="muted">
        A key lets a program run queries as you: whoever holds it reads your rows.
        {manages.value && " Yours and your colleagues' keys are listed; each makes their own."} How to use one: <a href="/api/docs/">API</a>.
      </p>
      <div class="section-bar">
        <button type="button" class="primary" onClick={() => setMaking(true)}>
          Make a key
        </button>
        <label class="choice">
          <input type="checkbox" checked={areOldShown} onChange={(event) => setOldShown(event.currentTarget.checked)} />
          Also those that are revoked or have expired
        </label>
      </div>
      {shown?.length === 0 && <p class="muted">No keys.</p>}
      <ul class="things" aria-label="API keys">
        {shown?.map((key) => (
          <Key key={key.id} made={key} keys={keys} />
        ))}
      </ul>
      {isMaking && (
        <NewKeyDialog
          onClose={() => {
            setMaking(false);
            void keys.again();
          }}
        />
      )}
    </>
  );
}

function isGood(key: ApiKey): boolean {
  return !key.revokedAt && !(key.expiresAt && Date.parse(key.expiresAt) <= Date.now());
}

function Key({ made, keys }: { made: ApiKey; keys: Listed<ApiKey[]> }) {
  const revoke = () =>
    ask({
      title: `Revoke ${made.name}?`,
      text: "Programs that use it are refused from then on. It cannot be made good again.",
      yes: "Revoke it",
      deed: () => void keys.change(() => revokeKey(made.id), `Revoked “${made.name}”.`),
    });
  return (
    <li class="thing">
      <div class="thing-main">
        <strong>{made.name}</strong> <code>{made.prefix}…</code>
        <p class="muted">
          {made.user.id === me.value?.user.id ? "Yours" : made.user.name}, in {made.businessUnit.name} · may {made.scopes.join(", ")}
        </p>
        <p class="muted">
          Made {day(made.createdAt)} · {made.lastUsedAt ? `last used ${moment(made.lastUsedAt)}` : "never used"} · {lifetime(made)}
        </p>
      </div>
      {isGood(made) && (
        <button type="button" class="danger" aria-label={`Revoke ${made.name}`} onClick={revoke}>
          Revoke
        </button>
      )}
    </li>
  );
}

function lifetime(key: ApiKey): string {
  if (key.revokedAt) return `revoked ${day(key.revokedAt)}`;
  if (!key.expiresAt) return "does not expire";
  return `${isGood(key) ? "expires" : "expired"} ${day(key.expiresAt)}`;
}
