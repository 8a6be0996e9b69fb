import { StudioError } from "./errors.ts";

/** A problem in an input, in the form of zod and the standard schema interface. */
export interface InputIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Maximum length of input that is quoted in a refusal. */
const MAX_VALUE = 60;

/** The refusal of an input that does not match its schema; names the first problem. */
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
