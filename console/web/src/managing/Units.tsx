// The business units of the tenant, and how each is reached.

import { useState } from "preact/hooks";
import { findOut } from "../account";
import { addUnit, type Connection, listAllUnits, listConnections, type Place, renameUnit } from "../api/managing";
import { CredentialsDialog } from "./CredentialsDialog";
import { FormDialog, text } from "./FormDialog";
import { useListed } from "./listed";

type Open = { dialog: "add" } | { dialog: "rename" | "connect"; unit: Place } | undefined;

export function Units() {
  const units = useListed(listAllUnits);
  const connections = useListed(listConnections);
  const [open, setOpen] = useState<Open>(undefined);
  const close = () => setOpen(undefined);
  return (
    <>
      <p class="muted">Each is added when somebody first signs in there. Who may act in one is said at each member.</p>
      <div class="section-bar">
        <button type="button" class="primary" onClick={() => setOpen({ dialog: "add" })}>
          Add a business unit
        </button>
      </div>
      <ul class="things" aria-label="Business units">
        {units.found?.map((unit) => {
          const all = connections.found?.filter((each) => each.businessUnit.mid === unit.mid);
          return (
            <li key={unit.mid} class="thing">
              <div class="thing-main">
                <strong>{unit.name}</strong> <span class="muted">{unit.mid}</span>
                {all && <p class="muted">{reach(all)}</p>}
              </div>
              {all && !all.some(isShared) && (
                <button type="button" aria-label={`Connect ${unit.name}`} onClick={() => setOpen({ dialog: "connect", unit })}>
                  Connect
                </button>
              )}
              <button type="button" aria-label={`Rename ${unit.name}`} onClick={() => setOpen({ dialog: "rename", unit })}>
                Rename
              </button>
            </li>
          );
        })}
      </ul>
      {open?.dialog === "add" && <AddDialog onClose={close} again={units.again} />}
      {open?.dialog === "rename" && <RenameDialog unit={open.unit} onClose={close} again={units.again} />}
      {open?.dialog === "connect" && <CredentialsDialog unit={open.unit} onClose={close} again={connections.again} />}
    </>
  );
}

function isShared(connection: Connection): boolean {
  return connection.kind === "client_credentials";
}

function reach(all: Connection[]): string {
  const shared = all.find(isShared);
  const own = all.length - (shared ? 1 : 0);
  const words = shared
    ? `Connected for all who are granted it${shared.state === "broken" ? ", but broken" : ""}`
    : own > 0
      ? "Reached only by those who signed in there themselves"
      : "Not connected";
  return shared && own > 0 ? `${words} · ${own === 1 ? "one of them has" : `${own} of them have`} a connection of their own` : words;
}

interface DialogProps {
  onClose(): void;
  again(): Promise<void>;
}

function AddDialog({ onClose, again }: DialogProps) {
  async function save(form: FormData): Promise<void> {
    await addUnit({ mid: Number(text(form, "mid")), name: text(form, "name") });
    await again();
    onClose();
  }
  return (
    <FormDialog title="Add a business unit" yes="Add it" onClose={onClose} save={save}>
      <label for="unit-mid">MID: its number at Marketing Cloud</label>
      <input id="unit-mid" name="mid" required inputMode="numeric" pattern="[0-9]{1,15}" title="A whole number" autocomplete="off" />
      <label for="unit-name">Name</label>
      <input id="unit-name" name="name" required maxLength={200} autocomplete="off" />
      <p class="muted">Then connect it, and grant it to members.</p>
    </FormDialog>
  );
}

function RenameDialog({ unit, onClose, again }: DialogProps & { unit: Place }) {
  async function save(form: FormData): Promise<void> {
    await renameUnit(unit.mid, text(form, "name"));
    await Promise.all([again(), findOut()]);
    onClose();
  }
  return (
    <FormDialog title={`Rename ${unit.name}`} yes="Rename it" onClose={onClose} save={save}>
      <label for="unit-name">Name</label>
      <input id="unit-name" name="name" required maxLength={200} autocomplete="off" defaultValue={unit.name} />
    </FormDialog>
  );
}
