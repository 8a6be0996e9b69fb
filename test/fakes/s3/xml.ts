/** An element's content: text, or child elements in order; a list makes one element for each item. */
export type Content = string | number | boolean | undefined | readonly Content[] | Elements;
export interface Elements {
  readonly [name: string]: Content;
}

/** A complete answer of S3, with `name` as its root. */
export function xml(name: string, content: Elements): string {
  const root = `<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner(content)}</${name}>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}`;
}

function inner(content: Content): string {
  if (content === undefined) return "";
  if (typeof content !== "object") return escape(String(content));
  return Object.entries(content)
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => [name, one]))
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<${String(name)}>${inner(value)}</${String(name)}>`)
    .join("");
}

const NAMED: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** As AWS writes them, including control characters of a key, which XML 1.0 cannot represent. */
function escape(text: string): string {
  const letters = Array.from(text, (letter) => {
    const code = letter.codePointAt(0) ?? 0;
    return NAMED[letter] ?? (code < 32 ? `&#x${code.toString(16)};` : letter);
  });
  return letters.join("");
}

/** The texts of all elements called `name`, at any depth. Understands the XML that the SDK writes. */
export function elements(text: string, name: string): string[] {
  const found = text.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, "g"));
  return [...found].map(([, content = ""]) => content);
}

export function unescape(text: string): string {
  return text
    .replaceAll(/&#x([0-9a-f]+);/gi, (_, code: string) =>
      String.fromCodePoint(Number.parseInt(code, 16)),
    )
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");
}
