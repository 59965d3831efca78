// Completion of data extensions, fields, data views, functions and the words that Marketing Cloud's SQL has.

import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { Problem } from "../api/http";
import { type DataExtension, type Field, fieldsOfTable, search, typeOf, vocabulary } from "../catalog/catalog";
import { blanked, quoted, type Source, sources } from "./sources";

const WORDS =
  "SELECT DISTINCT TOP FROM WHERE AND OR NOT IN EXISTS BETWEEN LIKE IS NULL AS ON JOIN INNER LEFT RIGHT FULL OUTER CROSS UNION ALL EXCEPT INTERSECT GROUP BY HAVING ORDER ASC DESC CASE WHEN THEN ELSE END CAST CONVERT OVER PARTITION OFFSET ROWS FETCH NEXT ONLY WITH PERCENT".split(
    " ",
  );
const TYPED = /(?:\[[^\]\n]*|[\w@#$]*)$/;
const AFTER_PREFIX = /(\[[^\]\n]+\]|[A-Za-z_][\w$]*)\s*\.\s*$/;
const WANTS_TABLE = /\b(?:from|join)\s+(?:Ent\s*\.\s*)?$|\bfrom\s[^()]*,\s*$/i;
const ANY_CLAUSE = /\b(?:where|on|group|order|having|select)\b/i;

export async function complete(context: CompletionContext): Promise<CompletionResult | null> {
  const text = context.state.doc.toString();
  const before = blanked(text.slice(0, context.pos));
  if (isInText(before, text, context.pos)) return null;
  const typed = TYPED.exec(before)?.[0] ?? "";
  const lead = before.slice(0, before.length - typed.length);
  const prefix = AFTER_PREFIX.exec(lead)?.[1];
  if (!typed && !prefix && !context.explicit && !wantsTable(lead)) return null;
  const options = await optionsFor(lead, prefix, text, typed.replace(/^\[/, ""));
  if (context.aborted || options.length === 0) return null;
  return { from: context.pos - typed.length, options, filter: !typed.startsWith("["), ...bracketed(typed) };
}

async function optionsFor(lead: string, prefix: string | undefined, text: string, typed: string): Promise<Completion[]> {
  const read = sources(text);
  if (prefix && !/^ent$/i.test(prefix)) return fieldsBehind(prefix, read);
  if (wantsTable(lead)) return tablesFor(typed);
  return [...(await fieldsOf(read)), ...aliases(read), ...functions(), ...words()];
}

function wantsTable(lead: string): boolean {
  const match = WANTS_TABLE.exec(lead);
  return match !== null && !ANY_CLAUSE.test(match[0].replace(/^from/i, ""));
}

// Everything of `before` that is in a text or comment was made blank: what stood there is not blank in the text.
function isInText(before: string, text: string, at: number): boolean {
  return at > 0 && before[at - 1] === " " && text[at - 1] !== " " && !/\s/.test(text[at - 1] ?? "");
}

function bracketed(typed: string): Partial<CompletionResult> {
  return typed.startsWith("[") ? {} : { validFor: /^[\w@#$]*$/ };
}

async function fieldsBehind(prefix: string, read: Source[]): Promise<Completion[]> {
  const name = prefix.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  const source = read.find((each) => each.alias.toLowerCase() === name);
  return source ? (await known(source.table)).map((field) => option(field, source.table, 2)) : [];
}

async function fieldsOf(read: Source[]): Promise<Completion[]> {
  const tables = [...new Set(read.map((each) => each.table))];
  const found = await Promise.all(tables.map(async (table) => (await known(table)).map((field) => option(field, table, 1))));
  const seen = new Set<string>();
  return found.flat().filter((each) => !seen.has(each.label) && seen.add(each.label));
}

// What cannot be asked for just now is not offered; the tree beside the editor says why.
async function known(table: string): Promise<Field[]> {
  try {
    return await fieldsOfTable(table);
  } catch (error) {
    if (error instanceof Problem) return [];
    throw error;
  }
}

async function tablesFor(typed: string): Promise<Completion[]> {
  const views = vocabulary.value.dataViews.map((view) => table(view.name, "data view"));
  return [...(await extensions(typed)).map((each) => table(each.name, "data extension")), ...views];
}

async function extensions(typed: string): Promise<DataExtension[]> {
  try {
    return (await search(typed)).results;
  } catch (error) {
    if (error instanceof Problem) return [];
    throw error;
  }
}

function table(name: string, detail: string): Completion {
  return { label: name, apply: quoted(name), type: "class", detail, boost: detail === "data view" ? 0 : 1 };
}

function option(field: Field, from: string, boost: number): Completion {
  return { label: field.name, apply: quoted(field.name), type: "property", detail: `${typeOf(field)} · ${from}`, boost };
}

function aliases(read: Source[]): Completion[] {
  return read
    .filter((each) => each.alias !== each.table)
    .map((each) => ({ label: each.alias, apply: quoted(each.alias), type: "variable", detail: each.table }));
}

function functions(): Completion[] {
  return vocabulary.value.functions.map((name) => ({ label: name, apply: `${name}(`, type: "function", boost: -1 }));
}

function words(): Completion[] {
  return WORDS.map((word) => ({ label: word, type: "keyword", boost: -2 }));
}
