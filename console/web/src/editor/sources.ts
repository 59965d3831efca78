// Which tables a text reads and under which names. Pure, and lenient: the text is being written.

export interface Source {
  table: string;
  alias: string;
}

const NAME = String.raw`(?:\[[^\]\n]+\]|[A-Za-z_][\w$]*)`;
const NOT_AN_ALIAS =
  "(?:on|where|group|order|having|inner|left|right|full|cross|outer|join|union|except|intersect|offset|select|from|with)";
const TABLE = `(?<table>(?:Ent\\s*\\.\\s*)?${NAME})(?:\\s+(?:as\\s+)?(?!${NOT_AN_ALIAS}\\b)(?<alias>${NAME}))?`;
const AFTER_FROM = new RegExp(`\\b(?:from|join)\\s+${TABLE}`, "gi");
const AFTER_COMMA = new RegExp(`^\\s*,\\s*${TABLE}`, "i");

export function sources(text: string): Source[] {
  const bare = blanked(text);
  const found: Source[] = [];
  for (const match of bare.matchAll(AFTER_FROM)) {
    found.push(sourceOf(match));
    let rest = bare.slice(match.index + match[0].length);
    for (let more = AFTER_COMMA.exec(rest); more; more = AFTER_COMMA.exec(rest)) {
      found.push(sourceOf(more));
      rest = rest.slice(more[0].length);
    }
  }
  return found;
}

// Comments and texts as blanks, so that nothing in them counts and every place stays.
export function blanked(text: string): string {
  return text.replace(/--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*(?:'|$)/g, (found) => found.replace(/[^\n]/g, " "));
}

export function bare(name: string): string {
  return name.replace(/^Ent\s*\.\s*/i, "").replace(/^\[(.*)\]$/, "$1");
}

const PLAIN = /^[A-Za-z_][\w$]*$/;
const RESERVED = new Set(
  "add all and any as asc between by case check column cross current date day desc distinct else end escape exists file from full function group having identity in index inner into is join key left like not null off offset on open option or order outer over percent plan primary public right rule select set some table then to top union unique update user values view when where with".split(
    " ",
  ),
);

// The name as SQL takes it: in brackets where it has to be.
export function quoted(name: string): string {
  return PLAIN.test(name) && !RESERVED.has(name.toLowerCase()) ? name : `[${name.replaceAll("]", "]]")}]`;
}

function sourceOf(match: RegExpMatchArray): Source {
  const table = bare(match.groups?.table ?? "");
  return { table, alias: bare(match.groups?.alias ?? "") || table };
}
