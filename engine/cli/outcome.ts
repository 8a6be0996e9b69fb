import type { CommanderError } from "commander";
import { StudioError, toWire } from "../contract/errors.ts";

/** Whether this process ends once nobody reads its output any more. */
let endsWithReader = true;

/**
 * A reader that is gone, or a full disk behind an output, never throws. A command whose work is to print
 * ends then: `head` has seen enough (0), a full disk has not (1). Notes beside the output are dropped.
 */
export function watchReaders(): void {
  process.stderr.on("error", () => {});
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (endsWithReader) process.exit(code === "EPIPE" ? 0 : 1);
  });
}

/** For a command that serves: it runs on whether or not anybody reads what it prints. */
export function outliveReaders(): void {
  endsWithReader = false;
}

/** One line of machine-readable output. */
export function printJson(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** One result of a command: a line of JSON where that is asked for, else a line for a person. */
export function printResult(asJson: boolean | undefined, line: object, words: string): void {
  if (asJson === true) printJson(line);
  else process.stdout.write(`${words}\n`);
}

/** A line for a person, beside the output. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** One line that is written over on a terminal; elsewhere only what ends something is told. */
export function progressLine(text: string, isLast = false): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}${isLast ? "\n" : ""}`);
  else if (isLast) note(text);
}

/** What is told once where no line can be written over; on a terminal the line as any other. */
export function newsLine(text: string): void {
  if (process.stderr.isTTY) progressLine(text);
  else note(text);
}

/** Tells what went wrong: as JSON on the output, or as a sentence beside it. */
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

/** Tells of wrong usage as JSON on the output; beside it is told already, in words. */
export function tellUsage({ code, message }: CommanderError): void {
  const words = code === "commander.help" ? "a command is missing" : message;
  const sentence = words.replace(/^error: /, "").replace(/[^.)]$/, "$&.");
  const capital = sentence.charAt(0).toUpperCase() + sentence.slice(1);
  printJson({ type: "error", code: "REQUEST_INVALID", message: capital });
}

/** Refusals of what was typed: of a request, or of a field of a deployment. */
const WRONG_VALUES = /^(REQUEST_INVALID|DEPLOY_(?!UNWRITABLE).*)$/;

/** 130 cancelled, 2 a value that cannot be used, 1 everything else. */
export function exitCodeOf(error: unknown): number {
  if (isCancel(error)) return 130;
  return error instanceof StudioError && WRONG_VALUES.test(error.code) ? 2 : 1;
}

function isCancel(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
