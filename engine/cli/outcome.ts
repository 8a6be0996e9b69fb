import type { CommanderError } from "commander";
import { StudioError, toWire } from "../contract/errors.ts";

/** Whether this process ends when its output is not read any more. */
let endsWithReader = true;

/**
 * A closed pipe or a full disk behind an output never throws. A command whose work is to print then ends: with 0 for a
 * closed pipe such as `head`, with 1 for a full disk. Messages on stderr are dropped.
 */
export function watchReaders(): void {
  process.stderr.on("error", () => {});
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (endsWithReader) process.exit(code === "EPIPE" ? 0 : 1);
  });
}

/** For a command that serves: it keeps running whether or not its output is read. */
export function outliveReaders(): void {
  endsWithReader = false;
}

/** One line of machine-readable output. */
export function printJson(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** A command's result: a line of JSON if requested, otherwise a line for a person. */
export function printResult(asJson: boolean | undefined, line: object, words: string): void {
  if (asJson === true) printJson(line);
  else process.stdout.write(`${words}\n`);
}

/** A line for a person, on stderr. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A line that is overwritten on a terminal; elsewhere only the last one is printed. */
export function progressLine(text: string, isLast = false): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}${isLast ? "\n" : ""}`);
  else if (isLast) note(text);
}

/** Printed once where lines cannot be overwritten; on a terminal like any progress line. */
export function newsLine(text: string): void {
  if (process.stderr.isTTY) progressLine(text);
  else note(text);
}

/** Prints an error: as JSON on stdout, or as a sentence on stderr. */
export function tell(error: unknown, asJson: boolean): void {
  if (isCancel(error)) {
    if (!asJson) note("Cancelled.");
    return;
  }
  const { code, message } = toWire(error);
  if (asJson) printJson({ type: "error", code, message });
  else note(`${message} (${code})`);
  if (code === "INTERNAL") note(error instanceof Error ? (error.stack ?? "") : String(error));
}

/** Prints wrong usage as JSON on stdout; the sentence has already been printed on stderr. */
export function tellUsage({ code, message }: CommanderError): void {
  const words = code === "commander.help" ? "a command is missing" : message;
  const sentence = words.replace(/^error: /, "").replace(/[^.)]$/, "$&.");
  const capital = sentence.charAt(0).toUpperCase() + sentence.slice(1);
  printJson({ type: "error", code: "REQUEST_INVALID", message: capital });
}

/** Refusals of input: a request, or a field of a deployment. */
const WRONG_VALUES = /^(REQUEST_INVALID|DEPLOY_(?!UNWRITABLE).*)$/;

/** 130 if cancelled, 2 for an invalid value, 1 for everything else. */
export function exitCodeOf(error: unknown): number {
  if (isCancel(error)) return 130;
  return error instanceof StudioError && WRONG_VALUES.test(error.code) ? 2 : 1;
}

function isCancel(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
