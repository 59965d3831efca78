// Where in the SQL something is: places that the server tells, and words of Marketing Cloud's that name one. Pure.

export interface Place {
  from: number;
  to: number;
}

const TOLD = /\(line (\d+), column (\d+)\)/;
// Marketing Cloud passes on what SQL Server says: Invalid column name 'Nope'; Incorrect syntax near 'x'.
const QUOTED = /(?:name|near|identifier|function|column|object)\b[^'"]*['"]([^'"]+)['"]/i;

// The offset of a place that counts lines and characters (code points) from 1; past the end it is the end.
export function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let left = line - 1; left > 0; left -= 1) {
    const end = text.indexOf("\n", start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  return advance(text, start, column - 1);
}

// So many characters further.
export function advance(text: string, from: number, characters: number): number {
  let at = from;
  for (let left = characters; left > 0 && at < text.length; left -= 1) {
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return at;
}

// The place that a message tells or names, where there is exactly one.
export function placeIn(text: string, message: string): Place | undefined {
  const told = TOLD.exec(message);
  if (told) {
    const from = offsetOf(text, Number(told[1]), Number(told[2]));
    return { from, to: wordEnd(text, from) };
  }
  const word = QUOTED.exec(message)?.[1];
  return word ? onlyPlaceOf(text, word.split(".").at(-1) ?? word) : undefined;
}

function onlyPlaceOf(text: string, word: string): Place | undefined {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const found = [...text.matchAll(new RegExp(`(?<![\\w@#$])${escaped}(?![\\w@#$])`, "gi"))];
  const [only] = found;
  return only && found.length === 1 ? { from: only.index, to: only.index + word.length } : undefined;
}

function wordEnd(text: string, from: number): number {
  const length = /^(?:\[[^\]\n]*\]|[\w@#$]+|\S)/.exec(text.slice(from))?.[0].length ?? 0;
  return from + length;
}
