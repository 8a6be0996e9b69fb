import { StudioError } from "./errors.ts";

/** What is wrong with an input: as zod says it, and as the standard schema interface does. */
export interface InputIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Longest piece of an input that is repeated to its sender. */
const MAX_VALUE = 60;

/** The refusal of an input that does not fit its schema: the first thing wrong with it is named. */
export function invalidInput(
  issues: readonly InputIssue[],
  input: unknown,
  options?: ErrorOptions,
): StudioError {
  const [issue] = issues;
  const path = (issue?.path ?? []).map((step) => (typeof step === "object" ? step.key : step));
  const field = path.join(".");
  const details = {
    field: field === "" ? "The request" : field,
    value: inWords(path.reduce<unknown>(get, input)),
    reason: (issue?.message ?? "it does not fit").replace(/\.$/, ""),
  };
  return new StudioError("REQUEST_INVALID", details, options);
}

function inWords(value: unknown): string {
  const text = JSON.stringify(value) ?? "absent";
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
}

function get(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
