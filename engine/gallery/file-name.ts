import { join } from "node:path";
import type { GenerationRecord } from "../contract/image-record.ts";
import { NAME_PARTS } from "../contract/settings.ts";
import { localDay, localTime } from "./local-day.ts";

/** The values for a file name. */
export interface NameParts {
  readonly id: string;
  readonly record: Pick<GenerationRecord, "prompt" | "seed" | "model" | "width" | "height">;
  readonly createdAt: string;
}

/**
 * Maximum bytes of a folder or file name: file systems allow 255, of which a number, `.png` and the suffix while it is
 * being written take up to 55.
 */
const MAX_BYTES = 200;
const MAX_FOLDERS = 8;
/** Maximum characters of a prompt or model name in a file name. */
const MAX_WORDS = 60;

/** Names that Windows reserves for devices, with any extension. */
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?=\.|$)/i;

/** Characters that Windows forbids in names, and invisible ones: controls, directional marks, lone surrogates. */
const FORBIDDEN = /[<>:"|?*\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * The path of a picture relative to its folder, without extension, by a pattern such as `{date}/{prompt}-{seed}`.
 * Whatever pattern and prompt contain, it stays within the folder and is valid on every file system.
 */
export function fileNameOf(pattern: string, parts: NameParts): string {
  const names = pattern
    .replace(/\.png$/i, "")
    .split(/[/\\]/)
    .map((part) => soundName(fill(part, parts)));
  const last = names.pop() ?? "";
  const folders = names.filter((name) => name !== "").slice(0, MAX_FOLDERS);
  return join(...folders, last === "" ? "picture" : last);
}

function fill(part: string, { id, record, createdAt }: NameParts): string {
  const moment = new Date(createdAt);
  const values: Readonly<Record<(typeof NAME_PARTS)[number], string | number>> = {
    id,
    date: localDay(moment),
    time: localTime(moment),
    prompt: words(record.prompt),
    seed: record.seed ?? "",
    model: words(record.model),
    width: record.width,
    height: record.height,
  };
  return part.replace(/\{(\w+)\}/g, (all, word: string) => {
    const name = NAME_PARTS.find((one) => one === word);
    return name === undefined ? all : String(values[name]);
  });
}

/** Letters and digits of any script, joined by hyphens. */
function words(text: string): string {
  const found =
    text
      .normalize("NFC")
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return Array.from(found.join("-")).slice(0, MAX_WORDS).join("").replace(/-$/, "");
}

function soundName(name: string): string {
  const printable = trimmed(name.normalize("NFC").replace(FORBIDDEN, ""));
  const short = trimmed(firstBytes(printable, MAX_BYTES));
  return RESERVED.test(short) ? `_${short}` : short;
}

/** Leading dots hide files, and Windows drops trailing dots and spaces. */
function trimmed(name: string): string {
  return name.replace(/^[\s.-]+/, "").replace(/[\s.-]+$/, "");
}

/** As many whole characters as fit. */
function firstBytes(text: string, maxBytes: number): string {
  const bytes = new Uint8Array(maxBytes);
  const { read } = new TextEncoder().encodeInto(text, bytes);
  return text.slice(0, read);
}
