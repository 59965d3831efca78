// Data extensions and data views beside the editor; a click writes a name into the query.

import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api/http";
import { insert } from "../editor/view";
import { quoted } from "../editor/sources";
import { Icon } from "../shell/Icon";
import { isTreeOpen } from "../shell/TopBar";
import { type Field, type Found, fieldsOfKey, refresh, search, typeOf, unavailable, vocabulary } from "./catalog";

const AFTER_MS = 250;
const AGAIN_AFTER_MS = 10_000;
const NOTHING: Found = { results: [], truncated: false };

export function Tree() {
  const [text, setText] = useState("");
  const [found, setFound] = useState<Found | undefined>(undefined);
  const [round, setRound] = useState(0);

  useEffect(() => {
    let isOld = false;
    const look = async () => {
      try {
        const results = await search(text);
        if (!isOld) setFound(results);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (isOld) return;
        setFound(NOTHING);
        if (error.isPassing) timer = setTimeout(look, AGAIN_AFTER_MS);
      }
    };
    let timer = setTimeout(look, found ? AFTER_MS : 0);
    return () => {
      isOld = true;
      clearTimeout(timer);
    };
  }, [text, round]);

  const wanted = text.trim().toLowerCase();
  const views = vocabulary.value.dataViews.filter((view) => view.name.toLowerCase().includes(wanted));
  return (
    <>
      <div class="tree-search">
        <input type="search" aria-label="Find data extensions" placeholder="Find data extensions" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        <button
          type="button"
          class="icon-button"
          aria-label="Read again"
          onClick={() => {
            refresh();
            setRound(round + 1);
          }}
        >
          <Icon name="again" />
        </button>
      </div>
      <div class="tree-body">
        <Group name="Data extensions" count={found && found.results.length} note={noteOn(found)}>
          {found?.results.map((each) => (
            <Table key={each.customerKey} name={each.name} load={() => fieldsOfKey(each.customerKey)} />
          ))}
        </Group>
        <Group name="Data views" count={views.length} note={views.length === 0 ? "None found." : ""}>
          {views.map((view) => (
            <Table key={view.name} name={view.name} load={() => Promise.resolve(view.fields)} />
          ))}
        </Group>
      </div>
    </>
  );
}

function noteOn(found: Found | undefined): string {
  if (unavailable.value) return unavailable.value;
  if (!found) return "Reading…";
  if (found.truncated) return "There are more: type a part of the name.";
  return found.results.length === 0 ? "None found." : "";
}

interface GroupProps {
  name: string;
  count: number | undefined;
  note: string;
  children: preact.ComponentChildren;
}

function Group({ name, count, note, children }: GroupProps) {
  return (
    <section class="tree-group">
      <h3>
        {name} {count !== undefined && <span class="muted">{count}</span>}
      </h3>
      <ul>{children}</ul>
      {note && <p class="muted tree-note">{note}</p>}
    </section>
  );
}

function Table({ name, load }: { name: string; load(): Promise<Field[]> }) {
  const [isOpen, setOpen] = useState(false);
  const [fields, setFields] = useState<Field[] | string | undefined>(undefined);

  async function toggle(): Promise<void> {
    setOpen(!isOpen);
    if (isOpen || Array.isArray(fields)) return;
    setFields(await load().catch(sentence));
  }

  return (
    <li>
      <div class="tree-row">
        <button type="button" class="twist" aria-expanded={isOpen} aria-label={`Fields of ${name}`} onClick={() => void toggle()}>
          <Icon name={isOpen ? "opened" : "open"} />
        </button>
        <button type="button" class="tree-name" title={`Write ${quoted(name)}`} onClick={() => write(name)}>
          {name}
        </button>
      </div>
      {isOpen && <Fields fields={fields} />}
    </li>
  );
}

function Fields({ fields }: { fields: Field[] | string | undefined }) {
  if (fields === undefined) return <p class="muted tree-note">Reading…</p>;
  if (typeof fields === "string") return <p class="muted tree-note">{fields}</p>;
  return (
    <ul class="fields">
      {fields.map((field) => (
        <li key={field.name}>
          <button type="button" class="field" title={`Write ${quoted(field.name)}`} onClick={() => write(field.name)}>
            <span class="field-name">
              {field.name}
              {field.primaryKey && <abbr title="Primary key"> PK</abbr>}
            </span>
            <span class="field-type">{typeOf(field)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

// On a phone the tree lies over the query.
function write(name: string): void {
  isTreeOpen.value = false;
  insert(quoted(name));
}

function sentence(error: unknown): string {
  if (error instanceof Problem) return error.message;
  throw error;
}
