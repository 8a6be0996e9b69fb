/** Quotes a text for a POSIX shell. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Quotes a text for Python, which understands all of JSON's string escapes. */
export function pythonQuoted(text: string): string {
  return JSON.stringify(text);
}
