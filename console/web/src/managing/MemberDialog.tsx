// What one member may do, and where.

import { me } from "../account";
import { changeMember, grantUnit, listAllUnits, type Member, type Place, type Role, withdrawUnit } from "../api/managing";
import { FormDialog, text } from "./FormDialog";
import { useListed } from "./listed";
import { isOwnersAffair } from "./Members";

const ROLES: { role: Role; may: string }[] = [
  { role: "member", may: "Runs SQL in the business units granted to them" },
  { role: "admin", may: "Also manages members, business units, connections and everybody's keys" },
  { role: "owner", may: "Also makes owners and changes them" },
];

interface Props {
  member: Member;
  // Reads the list anew, also where only a part of the change was made.
  again(): Promise<void>;
  onClose(): void;
}

export function MemberDialog({ member, again, onClose }: Props) {
  const units = useListed(listAllUnits).found ?? member.businessUnits;
  const isOwner = me.value?.role === "owner";

  async function save(form: FormData): Promise<void> {
    try {
      await makeTheDifference(member, { role: text(form, "role") as Role | "", mids: form.getAll("unit").map(Number), units });
      onClose();
    } finally {
      await again();
    }
  }

  return (
    <FormDialog title={member.name || member.email} yes="Save" onClose={onClose} save={save}>
      <fieldset>
        <legend>Role</legend>
        {ROLES.map(({ role, may }) => (
          <label class="choice" key={role}>
            <input
              type="radio"
              name="role"
              value={role}
              defaultChecked={member.role === role}
              disabled={isOwnersAffair(member) || (role === "owner" && !isOwner)}
            />
            <span>
              <strong>{role}</strong> <span class="muted">{may}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {!isOwner && <p class="muted">Only owners make owners and change them.</p>}
      <fieldset>
        <legend>Business units</legend>
        {units.map((unit) => (
          <label class="choice" key={unit.mid}>
            <input type="checkbox" name="unit" value={unit.mid} defaultChecked={isIn(member, unit.mid)} />
            <span>
              {unit.name} <span class="muted">{unit.mid}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <p class="muted">One that is withdrawn is not given back by signing in there.</p>
    </FormDialog>
  );
}

function isIn(member: Member, mid: number): boolean {
  return member.businessUnits.some((each) => each.mid === mid);
}

interface Wanted {
  role: Role | "";
  mids: number[];
  units: Place[];
}

async function makeTheDifference(member: Member, { role, mids, units }: Wanted): Promise<void> {
  if (role && role !== member.role) await changeMember(member.id, { role });
  for (const { mid } of units) {
    const isWanted = mids.includes(mid);
    if (isWanted === isIn(member, mid)) continue;
    await (isWanted ? grantUnit(member.id, mid) : withdrawUnit(member.id, mid));
  }
}
