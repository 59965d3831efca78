// A new key. Its secret is shown once: the server keeps only a hash of it.

import { useRef, useState } from "preact/hooks";
import { me } from "../account";
import { makeKey, type Scope } from "../api/managing";
import { copyText } from "../clipboard";
import { Dialog } from "../shell/Dialog";
import { Icon } from "../shell/Icon";
import { FormDialog, text } from "./FormDialog";
import { manages } from "./place";

const SCOPES: { scope: Scope; does: string }[] = [
  { scope: "runs:write", does: "Run queries, check and cancel them" },
  { scope: "runs:read", does: "See runs and read their rows" },
  { scope: "data:read", does: "See data extensions and their fields" },
  { scope: "account:manage", does: "Manage the account as you may: give it to no program that does not do just that" },
];
const LIFETIMES: [string, string][] = [
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "A year"],
  ["", "Until it is revoked"],
];
const DAY_MS = 86_400_000;

export function NewKeyDialog({ onClose }: { onClose(): void }) {
  const [secret, setSecret] = useState("");
  if (secret) return <Secret secret={secret} onClose={onClose} />;

  async function save(form: FormData): Promise<void> {
    const days = text(form, "days");
    const expiresAt = days ? new Date(Date.now() + Number(days) * DAY_MS).toISOString() : null;
    const { key } = await makeKey({ name: text(form, "name"), scopes: form.getAll("scope") as Scope[], expiresAt });
    setSecret(key);
  }

  return (
    <FormDialog title="Make a key" yes="Make it" onClose={onClose} save={save}>
      <p>It acts as you in {me.value?.businessUnit?.name ?? "this business unit"}, and nowhere else.</p>
      <label for="key-name">Name, to know it by</label>
      <input id="key-name" name="name" required maxLength={100} autocomplete="off" />
      <label for="key-days">Good for</label>
      <select id="key-days" name="days">
        {LIFETIMES.map(([days, name]) => (
          <option key={days} value={days} selected={days === "90"}>
            {name}
          </option>
        ))}
      </select>
      <fieldset>
        <legend>What it may do</legend>
        {SCOPES.filter(({ scope }) => scope !== "account:manage" || manages.value).map(({ scope, does }) => (
          <label class="choice" key={scope}>
            <input type="checkbox" name="scope" value={scope} defaultChecked={scope !== "account:manage"} />
            <span>
              <strong>{scope}</strong> <span class="muted">{does}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </FormDialog>
  );
}

function Secret({ secret, onClose }: { secret: string; onClose(): void }) {
  const field = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState("");

  async function copy(): Promise<void> {
    field.current?.select();
    setSaid((await copyText(secret)) ? "Copied." : "The browser does not let us copy. The key is selected: copy it with Ctrl C.");
  }

  return (
    <Dialog title="Your new key" onClose={onClose}>
      <div class="form">
        <p>Copy it now: it is not shown again.</p>
        <label for="key-secret">The key</label>
        <div class="secret">
          <input id="key-secret" ref={field} readOnly value={secret} onFocus={(event) => event.currentTarget.select()} />
          <button type="button" onClick={() => void copy()}>
            <Icon name="copy" /> Copy
          </button>
        </div>
        <p role="status">{said}</p>
        <p class="muted">
          Programs send it as <code>Authorization: Api-Key …</code>
        </p>
        <div class="form-end">
          <button type="button" class="primary" onClick={onClose}>
            I have it
          </button>
        </div>
      </div>
    </Dialog>
  );
}
