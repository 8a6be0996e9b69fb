import {
  type DeployLogLine,
  type DeployStateName,
  type WatchedContainer,
} from "../../contract/deploy-states.ts";
import type { KnownLine } from "./known-line.ts";
import { fieldOf, shortened } from "./observed.ts";
import { SERVING_LINES } from "./serving-lines.ts";
import { STORAGE_LINES } from "./storage-lines.ts";

/** Number of a container's last lines that are shown, and number that are examined. */
const TOLD_LINES = 12;
const READ_LINES = 400;
const MAX_LINE = 300;

const LINES: Readonly<Record<WatchedContainer, readonly KnownLine[]>> = {
  "storage-initializer": STORAGE_LINES,
  "kserve-container": SERVING_LINES,
};

/** What went wrong according to a log. */
export interface LogTrouble {
  readonly state: DeployStateName;
  readonly sentence: string;
  readonly advice: string | undefined;
  readonly said: string;
}

interface ReadLine {
  readonly text: string;
  readonly known: number;
}

/** A container's log: the meaning of its lines, and the one that says how far it is. */
export class ContainerLog {
  readonly #container: WatchedContainer;
  readonly #lines: readonly ReadLine[];

  /** `lines` is foreign JSON: a list of lines, of which the last are read. */
  constructor(container: WatchedContainer, lines: unknown) {
    this.#container = container;
    const given: readonly unknown[] = Array.isArray(lines) ? lines.slice(-READ_LINES) : [];
    this.#lines = given
      .filter((line) => typeof line === "string")
      .map((line) => this.#read(line))
      .filter(({ text }) => text !== "");
  }

  #read(line: string): ReadLine {
    // A progress bar overwrites itself; a terminal shows what it wrote last.
    const shown = line.slice(0, 20_000).trimEnd().split("\r").at(-1) ?? "";
    const text = shortened(shown, MAX_LINE);
    return { text, known: LINES[this.#container].findIndex(({ pattern }) => pattern.test(text)) };
  }

  /** The last lines, explained. */
  told(count = TOLD_LINES): readonly DeployLogLine[] {
    return this.#lines.slice(-count).map(({ text, known }) => {
      const row = LINES[this.#container][known];
      return {
        container: this.#container,
        text,
        isTrouble: row?.trouble !== undefined,
        ...(row !== undefined && { meaning: meaningOf(row, text) }),
      };
    });
  }

  /** What went wrong after the last line that reports success; if several things did, the one closest to the cause. */
  trouble(): LogTrouble | undefined {
    const table = LINES[this.#container];
    const relief = this.#lines.findLastIndex(({ known }) => table[known]?.isRelief);
    const [nearest] = this.#lines
      .slice(relief + 1)
      .filter(({ known }) => table[known]?.trouble !== undefined)
      .toSorted((a, b) => a.known - b.known);
    const row = table[nearest?.known ?? -1];
    if (nearest === undefined || row?.trouble === undefined) return undefined;
    const { trouble: state, advice } = row;
    return { state, sentence: meaningOf(row, nearest.text), advice, said: nearest.text };
  }

  /** The last line that matches a pattern. */
  last(pattern: RegExp): RegExpExecArray | undefined {
    const found = this.#lines.findLast(({ text }) => pattern.test(text));
    return pattern.exec(found?.text ?? "") ?? undefined;
  }
}

function meaningOf({ meaning, pattern }: KnownLine, text: string): string {
  if (typeof meaning === "string") return meaning;
  const match = pattern.exec(text);
  return match === null ? "" : meaning(match);
}

/** The logs of both containers from foreign JSON: lists of lines by container name. */
export function readLogs(logs: unknown): Readonly<Record<WatchedContainer, ContainerLog>> {
  const read = (name: WatchedContainer) => new ContainerLog(name, fieldOf(logs, name));
  return {
    "storage-initializer": read("storage-initializer"),
    "kserve-container": read("kserve-container"),
  };
}
