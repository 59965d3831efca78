// The account: keys, people, business units, connections, and who did what. Each sees what their role lets them.

import { useEffect, useRef } from "preact/hooks";
import { me } from "../account";
import { Icon } from "../shell/Icon";
import { Audit } from "./Audit";
import { Connections } from "./Connections";
import { Keys } from "./Keys";
import { Members } from "./Members";
import { addressOf, leaveAccount, NAMES, type Section, sections } from "./place";
import { Units } from "./Units";

const PARTS: Record<Section, () => preact.JSX.Element> = {
  keys: Keys,
  members: Members,
  units: Units,
  connections: Connections,
  audit: Audit,
};

export function Account({ section }: { section: Section }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const Part = PARTS[section];
  return (
    <main class="account" aria-label="Account">
      <header class="account-head">
        <h2 ref={heading} tabIndex={-1}>
          {me.value?.tenant.name}
        </h2>
        <span class="grow" />
        <button type="button" onClick={leaveAccount}>
          <Icon name="previous" /> Back to the queries
        </button>
      </header>
      <nav class="sections" aria-label="Account">
        {sections.value.map((each) => (
          <a key={each} href={addressOf(each)} aria-current={each === section ? "page" : undefined}>
            {NAMES[each]}
          </a>
        ))}
      </nav>
      <section class="section" aria-labelledby="section-name">
        <h3 id="section-name">{NAMES[section]}</h3>
        <Part />
      </section>
    </main>
  );
}
