// Who one is and where, above everything.

import { signal } from "@preact/signals";
import { leave, me, switchUnit, units } from "../account";
import { addressOf, shown } from "../managing/place";
import { tellProblem } from "../messages";
import { Icon } from "./Icon";
import { nextTheme, theme } from "./theme";

export const isTreeOpen = signal(false);
export const areKeysShown = signal(false);

// Where it lies over the query.
export function closeTreeOnEscape(event: KeyboardEvent): void {
  if (event.key !== "Escape" || !isTreeOpen.value) return;
  isTreeOpen.value = false;
  document.getElementById("open-tree")?.focus();
}

export function TopBar() {
  const who = me.value;
  if (!who) return null;
  return (
    <header class="top">
      <button
        type="button"
        id="open-tree"
        class="icon-button only-narrow"
        hidden={shown.value !== undefined}
        aria-label="Data extensions"
        aria-expanded={isTreeOpen.value}
        onKeyDown={closeTreeOnEscape}
        onClick={() => {
          isTreeOpen.value = !isTreeOpen.value;
        }}
      >
        <Icon name="menu" />
      </button>
      <h1 class="brand">QS Pro</h1>
      <Unit />
      <span class="grow" />
      <button
        type="button"
        class="icon-button only-wide"
        aria-label="Keys"
        onClick={() => {
          areKeysShown.value = true;
        }}
      >
        <Icon name="key" />
      </button>
      <a class="button icon-button" href={addressOf("keys")} aria-label="Account" title="Account" aria-current={shown.value ? "page" : undefined}>
        <Icon name="people" />
      </a>
      <button type="button" class="icon-button" aria-label={`Colours: ${theme.value}`} onClick={nextTheme}>
        <Icon name={theme.value} />
      </button>
      <details class="menu" onFocusOut={closeWhenLeft} onKeyDown={closeOnEscape}>
        <summary>{who.user.name || who.user.email}</summary>
        {/* Takes the focus where a browser gives it to no button, so that a click in it does not leave it. */}
        <div class="menu-body" tabIndex={-1}>
          <p>
            <strong>{who.user.name}</strong>
            <br />
            {who.user.email}
          </p>
          <p class="muted">
            {who.tenant.name}, {who.role}
          </p>
          <a href="/api/docs/">API</a>
          <button type="button" onClick={() => void leave().catch(tellProblem)}>
            Sign out
          </button>
        </div>
      </details>
    </header>
  );
}

function closeWhenLeft(event: FocusEvent): void {
  const menu = event.currentTarget as HTMLDetailsElement;
  if (!(event.relatedTarget instanceof Node && menu.contains(event.relatedTarget))) menu.open = false;
}

function closeOnEscape(event: KeyboardEvent): void {
  if (event.key !== "Escape") return;
  const menu = event.currentTarget as HTMLDetailsElement;
  menu.querySelector("summary")?.focus();
  menu.open = false;
}

// Where it did not work, one is where one was.
async function choose(units: HTMLSelectElement): Promise<void> {
  try {
    await switchUnit(Number(units.value));
  } catch (error) {
    units.value = String(me.value?.mid);
    tellProblem(error);
  }
}

function Unit() {
  const mid = me.value?.mid;
  const known = units.value ?? [];
  if (known.length < 2) return <span class="unit">{me.value?.businessUnit?.name ?? `Business unit ${mid}`}</span>;
  return (
    <select
      class="unit"
      aria-label="Business unit"
      value={String(mid)}
      onChange={(event) => void choose(event.currentTarget)}
    >
      {known.map((unit) => (
        <option key={unit.mid} value={String(unit.mid)}>
          {unit.name}
        </option>
      ))}
    </select>
  );
}
