/** A word of a POSIX shell that stands for exactly this text. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A literal of Python: JSON's escapes of a string are among Python's. */
export function pythonQuoted(text: string): string {
  return JSON.stringify(text);
}
