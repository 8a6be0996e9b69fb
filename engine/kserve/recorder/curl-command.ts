import { asRequest, MessageFault, quote } from "../wire/message-fault.ts";

/** A curl command, as far as it matters for requesting pictures. */
export interface CurlCommand {
  readonly url: string;
  /** By lower-case name; shell variables are not expanded. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string | undefined;
  /** Whether it accepts any certificate. */
  readonly isInsecure: boolean;
}

/** Maximum length: a prompt of 10,000 letters, escaped, and a long token. */
export const MAX_CURL = 1 << 20;

/** Flags with data as their value. `@file` names a file, which is never read. */
const DATA = new Set(["-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--json"]);
const HEADER = new Set(["-H", "--header"]);
/** Flags with a value that does not matter here. */
const SKIPPED = new Set(
  "-X --request -o --output -m --max-time -A --user-agent -b --cookie -e --referer -w --write-out --cacert --capath --cert --key --connect-timeout --retry --resolve --proxy -x -u --user -E".split(
    " ",
  ),
);

/** Whether a text starts like a curl command, with or without a shell prompt. */
export function isCurl(text: string): boolean {
  return /^\s*(?:[$>#%]\s*)?curl(?:\.exe)?\s/.test(text.slice(0, 200));
}

/** Parses the first curl command in a text; nothing is run. Refuses as REQUEST_INVALID if there is none. */
export function readCurl(text: string): CurlCommand {
  return asRequest(() => {
    if (!isCurl(text)) throw new MessageFault("The line", quote(text), "it is not a curl command");
    if (text.length > MAX_CURL) {
      throw new MessageFault("The line", `of ${text.length} letters`, `the limit is ${MAX_CURL}`);
    }
    return fromWords(shellWords(text.replace(/^\s*(?:[$>#%]\s*)?curl(?:\.exe)?\s/, "")));
  });
}

function fromWords(words: readonly string[]): CurlCommand {
  const found: Found = { urls: [], data: [], headers: new Map(), isInsecure: false };
  for (let at = 0; at < words.length; at++) {
    const option = optionAt(words, at);
    take(option, found);
    at += option.used;
  }
  const [url] = found.urls;
  if (url === undefined || url === "") {
    throw new MessageFault("The curl line", "without an address", "that is where it asks");
  }
  const { headers, isInsecure, data } = found;
  return { url, headers, isInsecure, body: data.length === 0 ? undefined : data.join("&") };
}

interface Found {
  readonly urls: string[];
  readonly data: string[];
  readonly headers: Map<string, string>;
  isInsecure: boolean;
}

function take({ flag, value }: Option, found: Found): void {
  const { urls, data, headers } = found;
  if (flag === undefined || flag === "--url") urls.push(value);
  else if (DATA.has(flag)) data.push(dataIn(value, flag));
  else if (HEADER.has(flag)) addHeader(headers, value);
  else if (flag === "--oauth2-bearer") headers.set("authorization", `Bearer ${value}`);
  else if (flag === "--insecure" || /^-[a-zA-Z]*k/.test(flag)) found.isInsecure = true;
}

interface Option {
  /** Absent for a word that is not a flag. */
  readonly flag: string | undefined;
  readonly value: string;
  /** Number of following words that are its value. */
  readonly used: 0 | 1;
}

function optionAt(words: readonly string[], at: number): Option {
  const word = words[at] ?? "";
  const next = words[at + 1] ?? "";
  if (!word.startsWith("-") || word === "-") return { flag: undefined, value: word, used: 0 };
  if (word.startsWith("--")) {
    const isValued = takesValue(word);
    return { flag: word, value: isValued ? next : "", used: isValued ? 1 : 0 };
  }
  // -sSd'…' and -H'…': one-letter flags can be combined, the last one with its value.
  for (let i = 1; i < word.length; i++) {
    const flag = `-${word[i]}`;
    if (!takesValue(flag)) continue;
    const rest = word.slice(i + 1);
    return rest === "" ? { flag, value: next, used: 1 } : { flag, value: rest, used: 0 };
  }
  return { flag: word, value: "", used: 0 };
}

function takesValue(flag: string): boolean {
  return (
    DATA.has(flag) ||
    HEADER.has(flag) ||
    SKIPPED.has(flag) ||
    flag === "--url" ||
    flag === "--oauth2-bearer"
  );
}

function dataIn(value: string, flag: string): string {
  if (!value.startsWith("@") || flag === "--data-raw") return value;
  const reason = "its file is not read; paste what is in it";
  throw new MessageFault("The data of the curl line", quote(value), reason);
}

function addHeader(headers: Map<string, string>, line: string): void {
  const [, name, value] = /^\s*([^\s:]+)\s*:\s*(.*?)\s*$/s.exec(line) ?? [];
  if (name !== undefined && value !== undefined) headers.set(name.toLowerCase(), value);
}

/** The words of the first command in a text, as in a POSIX shell but without expansions. */
function shellWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length;) {
    const [piece, end] = pieceAt(text, at);
    if (end === undefined) break;
    if (piece === undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + piece;
    at = end;
  }
  return word === undefined ? words : [...words, word];
}

/**
 * The piece of a word at a position, and where the next one starts: undefined for white space, no end if the command
 * ends.
 */
function pieceAt(text: string, at: number): [string | undefined, number | undefined] {
  const letter = text[at] ?? "";
  if (letter === "\\") {
    const isBreak = /^\\\r?\n/.exec(text.slice(at, at + 3))?.[0];
    if (isBreak !== undefined) return [undefined, at + isBreak.length];
    return [text[at + 1] ?? "", at + 2];
  }
  if (letter === " " || letter === "\t") return [undefined, at + 1];
  if ("\r\n|;&>".includes(letter)) return [undefined, undefined];
  return quotedAt(text, at) ?? [letter, at + 1];
}

function quotedAt(text: string, at: number): [string, number] | undefined {
  if (text[at] === "'") return singleQuoted(text, at + 1);
  if (text[at] === '"') return doubleQuoted(text, at + 1);
  return text.startsWith("$'", at) ? ansiQuoted(text, at + 2) : undefined;
}

function singleQuoted(text: string, from: number): [string, number] {
  const end = text.indexOf("'", from);
  if (end < 0) throw unclosed();
  return [text.slice(from, end), end + 1];
}

function doubleQuoted(text: string, from: number): [string, number] {
  const found = /^((?:[^"\\]|\\[\s\S])*)"/.exec(text.slice(from));
  if (found === null) throw unclosed();
  const inner = (found[1] ?? "").replaceAll(/\\(["\\$`]|\r?\n)/g, (_, kept: string) =>
    /\n/.test(kept) ? "" : kept,
  );
  return [inner, from + found[0].length];
}

const ANSI: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "0": "\0" };

/** `$'…'`, which browsers use in "Copy as cURL". */
function ansiQuoted(text: string, from: number): [string, number] {
  const found = /^((?:[^'\\]|\\[\s\S])*)'/.exec(text.slice(from));
  if (found === null) throw unclosed();
  const inner = (found[1] ?? "").replaceAll(
    /\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|([\s\S]))/g,
    (_, long?: string, short?: string, letter?: string) => {
      const hex = long ?? short;
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      return ANSI[letter ?? ""] ?? letter ?? "";
    },
  );
  return [inner, from + found[0].length];
}

function unclosed(): MessageFault {
  return new MessageFault("The line", "cut off", "a quotation in it does not end");
}
