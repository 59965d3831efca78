// Client id and secret of a package at Marketing Cloud: for a business unit that has none, or in place of those it has.

import { lookAgain } from "../account";
import { type Connection, makeConnection, type Place, renewConnection } from "../api/managing";
import { FormDialog, text } from "./FormDialog";

interface Props {
  // Which one is connected; undefined lets one choose.
  unit?: Place;
  units?: Place[];
  renewed?: Connection;
  again(): Promise<void>;
  onClose(): void;
}

export function CredentialsDialog({ unit, units = [], renewed, again, onClose }: Props) {
  async function save(form: FormData): Promise<void> {
    const credentials = { clientId: text(form, "clientId"), clientSecret: text(form, "clientSecret") };
    if (renewed) await renewConnection(renewed.id, credentials);
    else await makeConnection({ mid: unit?.mid ?? Number(text(form, "mid")), ...credentials });
    await Promise.all([again(), lookAgain()]);
    onClose();
  }
  return (
    <FormDialog title={titleOf(unit, renewed)} yes={renewed ? "Change them" : "Connect it"} onClose={onClose} save={save}>
      <p class="muted">
        {renewed
          ? "The new credentials take the place of the old ones."
          : "With a server-to-server package of that business unit. It serves all members who are granted the unit."}
      </p>
      {!unit && (
        <>
          <label for="connection-unit">Business unit</label>
          <select id="connection-unit" name="mid" required>
            {units.map((each) => (
              <option key={each.mid} value={each.mid}>
                {each.name} ({each.mid})
              </option>
            ))}
          </select>
        </>
      )}
      <label for="client-id">Client id</label>
      <input id="client-id" name="clientId" required autocomplete="off" spellcheck={false} defaultValue={renewed?.clientId ?? ""} />
      <label for="client-secret">Client secret</label>
      <input id="client-secret" name="clientSecret" type="password" required autocomplete="new-password" />
      <p class="muted">The secret is sealed and never shown again. Test the connection afterwards.</p>
    </FormDialog>
  );
}

function titleOf(unit: Place | undefined, renewed: Connection | undefined): string {
  if (renewed) return `Credentials for ${renewed.businessUnit.name}`;
  return unit ? `Connect ${unit.name}` : "Connect a business unit";
}
