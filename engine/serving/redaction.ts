/** Names of headers, queries and JSON members with secrets. `author` is not one. */
const SECRET_NAME =
  /key|token|secret|passw|passphrase|pwd|signature|session|auth(?!or(?!i))|cookie|credential|jwt|\bsig\b/i;

export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Shorter words are schemes, or names of cookies. */
const LEAST_SECRET = 8;

/** The secrets in a request's headers: they can also occur elsewhere in the request, and in the reply. */
export function secretsIn(headers: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(headers)
    .filter(([name]) => isSecretName(name))
    .flatMap(([, value]) => String(value).split(/[\s;,=]+/))
    .filter((part) => part.length >= LEAST_SECRET);
}

/** A shorter remainder of a secret is useless. */
const LEAST_BEGINNING = 8;

/**
 * Removes secrets from a text for display: the given ones, our own keys, and values with a name that suggests a secret.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]);
  const rest = known.reduce(
    (left, secret) => withoutBeginning(left.replaceAll(secret, "…"), secret),
    text,
  );
  return withoutMembers(rest.replaceAll(/dk_[\w-]{8,}/g, "dk_…")).replaceAll(PAIR, withoutValue);
}

/** Removes the end of a text that was cut off within a secret. */
function withoutBeginning(text: string, secret: string): string {
  for (let length = secret.length - 1; length >= LEAST_BEGINNING; length--) {
    if (text.endsWith(secret.slice(0, length))) return `${text.slice(0, -length)}…`;
  }
  return text;
}

/** As in queries, forms and cookies. */
const PAIR = /(^|[?&;\s])([^=&;?\s"'{}]{1,200})=([^&;\s"']+)/g;

function withoutValue(pair: string, before: string, name: string): string {
  const isSecret = isSecretName(unescaped(name)) || /^code$/i.test(name);
  return isSecret ? `${before}${name}=…` : pair;
}

function unescaped(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** A member's name up to its value; the text can be cut off anywhere. */
const MEMBER = /"((?:[^"\\]|\\.)*)"\s*:\s*/g;
const STRING = /"(?:[^"\\]|\\.)*(?:"|$|\\$)/y;
const SCALAR = /[^\s,{}[\]"]+/y;

/** JSON, complete or cut off, without the values of members whose names suggest secrets. */
function withoutMembers(text: string): string {
  let shown = "";
  let at = 0;
  for (const member of text.matchAll(MEMBER)) {
    const begin = member.index + member[0].length;
    if (member.index < at || !isSecretName(plain(member[1] ?? ""))) continue;
    const end = endOfValue(text, begin);
    if (end === begin) continue;
    shown += `${text.slice(at, begin)}"…"`;
    at = end;
  }
  return shown + text.slice(at);
}

function plain(name: string): string {
  try {
    return String(JSON.parse(`"${name}"`));
  } catch {
    return name;
  }
}

function endOfValue(text: string, begin: number): number {
  let depth = 0;
  let at = begin;
  do {
    const letter = text[at] ?? "";
    if (letter === "{" || letter === "[") depth++;
    if (letter === "}" || letter === "]") depth--;
    at = letter === '"' ? endOf(STRING, text, at) : Math.max(at + 1, endOf(SCALAR, text, at));
  } while (depth > 0 && at < text.length);
  return at;
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at + 1;
}
