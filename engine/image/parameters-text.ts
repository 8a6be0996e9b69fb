import type { ForeignRecord, GenerationRecord } from "../contract/image-record.ts";
import { keepValid } from "./known-record.ts";
import { samplerNames, schedulerNamed } from "./sampler-names.ts";
import { formatSettings, parseSettings } from "./settings-line.ts";

/**
 * The record in A1111's format, for other programs to read: the prompt, a line "Negative prompt:" if there is one, and
 * a last line "Steps: 30, Sampler: DDIM, …" without the fields that the record lacks. If the prompt cannot be told from
 * what follows, for example because it has its own line "Negative prompt:", the last line also contains its length, so
 * that parseParameters reads the same record.
 */
export function formatParameters(record: GenerationRecord): string {
  const { prompt, negativePrompt } = record;
  const negative = negativePrompt === "" ? "" : `Negative prompt: ${negativePrompt}`;
  const head = [prompt, negative].filter((part) => part !== "").join("\n");
  const read = splitPrompts(head);
  const isPlain = read.prompt === prompt && read.negativePrompt === negativePrompt;
  const settings = formatSettings({
    ...settingsOf(record),
    "Prompt length": isPlain ? undefined : prompt.length,
  });
  return head === "" ? settings : `${head}\n${settings}`;
}

/**
 * Parses such a text: completely if it is ours, and as far as our schema can express if it is another program's.
 * Undefined if there is no line of settings.
 */
export function parseParameters(text: string): ForeignRecord | undefined {
  const lines = text.split("\n");
  const at = findSettings(lines);
  if (at < 0) return undefined;
  const settings = parseSettings(lines[at] ?? "");
  const head = lines.slice(0, at).join("\n");
  return keepValid({ ...promptsOf(head, settings), ...recordOf(settings) });
}

/** The line of settings in such a text, by lower-case key; empty if there is none. */
export function settingsIn(text: string): ReadonlyMap<string, string> {
  const lines = text.split("\n");
  return parseSettings(lines[findSettings(lines)] ?? "");
}

interface Prompts {
  readonly prompt: string;
  readonly negativePrompt: string;
}

function promptsOf(head: string, settings: ReadonlyMap<string, string>): Prompts {
  const length = number(settings.get("prompt length")) ?? Infinity;
  const rest = /^\n?Negative prompt: ([^]+)$|^$/.exec(head.slice(length));
  if (length > head.length || rest === null) return splitPrompts(head);
  return { prompt: head.slice(0, length), negativePrompt: rest[1] ?? "" };
}

/** As A1111 does: the negative prompt starts at the first line with its label. */
function splitPrompts(head: string): Prompts {
  const text = head.replaceAll("\r\n", "\n");
  const found = /(?:^|\n)[^\S\n]*Negative prompt:/.exec(text);
  const end = found?.index ?? text.length;
  const start = end + (found?.[0].length ?? 0);
  return { prompt: text.slice(0, end).trim(), negativePrompt: text.slice(start).trim() };
}

/** Keys that all our lines contain, and no other program's lines do. */
const OURS = ["size", "model", "device", "version"];

/**
 * The last line if it is ours, which can lack steps; otherwise the last one that starts with the steps, since
 * extensions of A1111 append further lines.
 */
function findSettings(lines: readonly string[]): number {
  const last = lines.findLastIndex((line) => line.trim() !== "");
  const settings = parseSettings(lines[last] ?? "");
  if (OURS.every((key) => settings.has(key))) return last;
  const found = lines.findLastIndex((line) => /^\s*Steps: *\d/.test(line));
  if (found >= 0) return found;
  return settings.size >= 3 ? last : -1;
}

function settingsOf(record: GenerationRecord): Record<string, string | number | undefined> {
  const { sampler, schedule } =
    record.scheduler === undefined ? {} : samplerNames(record.scheduler);
  return {
    Steps: record.steps,
    Sampler: sampler,
    "Schedule type": schedule,
    "CFG scale": record.guidanceScale,
    Seed: record.seed,
    Size: `${record.width}x${record.height}`,
    "Model hash": record.modelFingerprint,
    Model: record.model,
    "Denoising strength": record.strength,
    Device: record.device,
    Created: record.createdAt,
    Version: `${record.software} ${record.version}`,
  };
}

function recordOf(settings: ReadonlyMap<string, string>): Record<string, unknown> {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(settings.get("size") ?? "") ?? [];
  const [, software, version] = /^(?:(\S+) )?(\S+)$/.exec(settings.get("version") ?? "") ?? [];
  // A1111's hires pass also has a strength, without a start image.
  const isHires = [...settings.keys()].some((key) => /^hires |^first pass size$/.test(key));
  return {
    steps: number(settings.get("steps")),
    guidanceScale: number(settings.get("cfg scale")),
    seed: settings.get("seed"),
    width: number(width),
    height: number(height),
    scheduler: schedulerNamed(settings.get("sampler") ?? "", settings.get("schedule type")),
    model: settings.get("model"),
    modelFingerprint: settings.get("model hash"),
    device: settings.get("device"),
    strength: isHires ? undefined : number(settings.get("denoising strength")),
    createdAt: settings.get("created"),
    software,
    version,
  };
}

function number(text = ""): number | undefined {
  return /^\d+(\.\d+)?(e-?\d+)?$/.test(text) ? Number(text) : undefined;
}
