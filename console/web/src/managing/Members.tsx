// The people of the tenant: their roles, their business units, whether they may act.

import { useState } from "preact/hooks";
import { findOut, me } from "../account";
import { changeMember, listMembers, type Member } from "../api/managing";
import { ask } from "../shell/Question";
import { type Listed, useListed } from "./listed";
import { MemberDialog } from "./MemberDialog";

// What admins may not touch.
export function isOwnersAffair(member: Member): boolean {
  return member.role === "owner" && me.value?.role !== "owner";
}

export function Members() {
  const members = useListed(listMembers);
  const [changing, setChanging] = useState<string | undefined>(undefined);
  const changed = members.found?.find((each) => each.id === changing);
  return (
    <>
      <p class="muted">Who signs in at Marketing Cloud for the first time becomes a member here, in the business unit they chose there.</p>
      <ul class="things" aria-label="Members">
        {members.found?.map((member) => (
          <Person key={member.id} member={member} members={members} onChange={() => setChanging(member.id)} />
        ))}
      </ul>
      {changed && (
        <MemberDialog
          key={changed.id}
          member={changed}
          again={async () => {
            await members.again();
            if (changed.id === me.value?.user.id) await findOut();
          }}
          onClose={() => setChanging(undefined)}
        />
      )}
    </>
  );
}

interface PersonProps {
  member: Member;
  members: Listed<Member[]>;
  onChange(): void;
}

function Person({ member, members, onChange }: PersonProps) {
  const name = member.name || member.email;
  return (
    <li class={`thing ${member.active ? "" : "is-off"}`}>
      <div class="thing-main">
        <strong>{name}</strong> <span class="tag">{member.role}</span>
        {!member.active && <span class="tag is-bad">deactivated</span>}
        <p class="muted">
          {member.email}
          {member.id === me.value?.user.id && " · you"}
        </p>
        <p class="muted">{member.businessUnits.length === 0 ? "In no business unit" : `In ${member.businessUnits.map((unit) => unit.name).join(", ")}`}</p>
      </div>
      <button type="button" aria-label={`Change ${name}`} onClick={onChange}>
        Change
      </button>
      {!isOwnersAffair(member) && (
        <button
          type="button"
          class={member.active ? "danger" : ""}
          aria-label={`${member.active ? "Deactivate" : "Activate"} ${name}`}
          onClick={() => turn(member, name, members)}
        >
          {member.active ? "Deactivate" : "Activate"}
        </button>
      )}
    </li>
  );
}

function turn(member: Member, name: string, members: Listed<Member[]>): void {
  const change = (active: boolean) => void members.change(() => changeMember(member.id, { active }));
  if (!member.active) return change(true);
  ask({
    title: `Deactivate ${name}?`,
    text: "They are out at once: sessions and tokens end for good, API keys for as long, and their runs are canceled.",
    yes: "Deactivate",
    deed: () => change(false),
  });
}
