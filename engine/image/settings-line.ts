/**
 * A pair up to its comma: a key, and a quoted or plain value; without a key it is skipped. Keys are short, so that a
 * long line without colons is read in linear time.
 */
const PAIR = /\s*(?:(\w[\w \-/]{0,60}):)?\s*(?:("(?:\\.|[^\\"])*")\s*(?=,|$)|([^,]*))(?:,|$)/gy;

/** A value that a reader would split or trim. */
const NEEDS_QUOTES = /^$|^\s|\s$|[,:"\p{Cc}]/u;

/** A1111's line of settings, "Key: value, Key: value"; keys without a value are omitted. */
export function formatSettings(
  settings: Readonly<Record<string, string | number | undefined>>,
): string {
  return Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${quote(String(value))}`)
    .join(", ");
}

/** The settings in such a line by lower-case key; the first occurrence of a key counts. */
export function parseSettings(line: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const [, key = "", quoted, plain = ""] of line.matchAll(PAIR)) {
    const name = key.trim().toLowerCase();
    if (name === "" || settings.has(name)) continue;
    settings.set(name, quoted === undefined ? plain.trim() : unquote(quoted));
  }
  return settings;
}

function quote(value: string): string {
  return NEEDS_QUOTES.test(value) ? JSON.stringify(value) : value;
}

function unquote(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}
