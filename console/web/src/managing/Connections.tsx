// How Marketing Cloud is reached: by a business unit's own package, or in a person's name.

import { useState } from "preact/hooks";
import { lookAgain, me, signInAddress } from "../account";
import { type Connection, listAllUnits, listConnections, removeConnection, testConnection } from "../api/managing";
import { ask } from "../shell/Question";
import { CredentialsDialog } from "./CredentialsDialog";
import { type Listed, sentence, useListed } from "./listed";
import { day } from "./moments";

export function Connections() {
  const connections = useListed(listConnections);
  const units = useListed(listAllUnits);
  const [open, setOpen] = useState<"new" | Connection | undefined>(undefined);
  const free = units.found?.filter(
    (unit) => !connections.found?.some((each) => each.kind === "client_credentials" && each.businessUnit.mid === unit.mid),
  );
  const close = () => setOpen(undefined);
  return (
    <>
      <p class="muted">A run uses its user's own connection where that works, else the one of the business unit.</p>
      <div class="section-bar">
        <button type="button" class="primary" disabled={!free?.length || !connections.found} onClick={() => setOpen("new")}>
          Connect a business unit
        </button>
        {free?.length === 0 && <span class="muted">Each has a connection.</span>}
      </div>
      {connections.found?.length === 0 && <p class="muted">No connections.</p>}
      <ul class="things" aria-label="Connections">
        {connections.found?.map((each) => (
          <Way key={each.id} way={each} ways={connections} onRenew={() => setOpen(each)} />
        ))}
      </ul>
      {open === "new" && free && <CredentialsDialog units={free} again={connections.again} onClose={close} />}
      {open && open !== "new" && <CredentialsDialog unit={open.businessUnit} renewed={open} again={connections.again} onClose={close} />}
    </>
  );
}

interface WayProps {
  way: Connection;
  ways: Listed<Connection[]>;
  onRenew(): void;
}

function Way({ way, ways, onRenew }: WayProps) {
  const [told, setTold] = useState<{ text: string; isBad: boolean } | undefined>(undefined);
  const [isTesting, setTesting] = useState(false);
  const name = `${way.businessUnit.name}, ${way.user?.name ?? "its own"}`;
  const isShared = way.kind === "client_credentials";

  async function test(): Promise<void> {
    setTesting(true);
    setTold(undefined);
    try {
      await testConnection(way.id);
      setTold({ text: "Marketing Cloud answered: it works.", isBad: false });
    } catch (error) {
      setTold({ text: sentence(error), isBad: true });
    } finally {
      setTesting(false);
    }
    await ways.change(lookAgain);
  }

  return (
    <li class="thing">
      <div class="thing-main">
        <strong>{way.businessUnit.name}</strong>{" "}
        {way.state === "broken" ? <span class="tag is-bad">broken</span> : <span class="tag is-good">active</span>}
        <p class="muted">
          {isShared ? "For all who are granted it" : `${way.user?.name}'s own`} · client {way.clientId} · changed {day(way.updatedAt)}
        </p>
        {way.state === "broken" && <p>{<Mending way={way} />}</p>}
        <p role="status" class={told?.isBad ? "is-bad" : "fits"}>
          {isTesting ? "Asking Marketing Cloud…" : told?.text}
        </p>
      </div>
      <button type="button" aria-label={`Test ${name}`} disabled={isTesting} onClick={() => void test()}>
        Test
      </button>
      {isShared && (
        <button type="button" aria-label={`Credentials of ${name}`} onClick={onRenew}>
          Credentials
        </button>
      )}
      <button type="button" class="danger" aria-label={`Delete ${name}`} onClick={() => remove(way, ways)}>
        Delete
      </button>
    </li>
  );
}

// Who can mend it, and how.
function Mending({ way }: { way: Connection }) {
  const subdomain = me.value?.tenant.subdomain;
  if (way.kind === "client_credentials") {
    return <>Marketing Cloud no longer takes these credentials. Nothing is sent over it until it is given others.</>;
  }
  if (way.user?.id !== me.value?.user.id || !subdomain) return <>Marketing Cloud no longer takes it. {way.user?.name} mends it by signing in again.</>;
  return (
    <>
      Marketing Cloud no longer takes it. <a href={signInAddress(subdomain)}>Sign in again</a>, in this business unit.
    </>
  );
}

function remove(way: Connection, ways: Listed<Connection[]>): void {
  ask({
    title: `Delete the connection of ${way.businessUnit.name}?`,
    text:
      way.kind === "client_credentials"
        ? "Members without a connection of their own cannot run anything there until it is connected again."
        : "It is made again when they sign in there the next time.",
    yes: "Delete it",
    deed: () =>
      void ways.change(async () => {
        await removeConnection(way.id);
        await lookAgain();
      }),
  });
}
