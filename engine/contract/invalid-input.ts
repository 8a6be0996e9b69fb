import { StudioError } from "./errors.ts";

/** A problem in an input, in the form of the standard schema interface; zod's have more members. */
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
  const value = path.reduce<unknown>(get, input);
  const details = {
    field: field === "" ? "The request" : value instanceof Blob ? "The file" : field,
    value: inWords(value),
    reason: reasonOf(issue),
  };
  return new StudioError("REQUEST_INVALID", details, options);
}

/** What is wrong, as a clause without a full stop. Messages that a schema defines itself are kept. */
export function reasonOf(issue: InputIssue | undefined): string {
  const message = (issue?.message ?? "it does not fit").replace(/\.$/, "");
  if (issue === undefined || !ZODS_OWN.test(message)) return message;
  const code = get(issue, "code");
  if (code === "too_big") return limitOf(issue, "maximum", ["at most", "less than"]);
  if (code === "too_small") return limitOf(issue, "minimum", ["at least", "more than"]);
  if (code === "not_multiple_of")
    return `it must be a multiple of ${String(get(issue, "divisor"))}`;
  if (code === "invalid_type") return typeReason(issue, message);
  if (code === "invalid_value") return `it must be ${choices(get(issue, "values"))}`;
  if (code === "unrecognized_keys") return `it has no ${choices(get(issue, "keys"))}`;
  return "it does not have the right form";
}

/** How zod's default messages begin. */
const ZODS_OWN = /^(?:Too (?:big|small)|Invalid (?:input|option|number|string|key)|Unrecognized)\b/;

type Limit = "maximum" | "minimum";

function limitOf(
  issue: InputIssue,
  which: Limit,
  [inclusive, exclusive]: [string, string],
): string {
  const origin = String(get(issue, "origin"));
  const limit = Number(get(issue, which));
  const bound = get(issue, "inclusive") === false ? exclusive : inclusive;
  if (origin === "file") return `it must be ${bound} ${Math.floor(limit / 2 ** 20)} MB`;
  const unit = UNITS[origin];
  if (unit === undefined) return `it must be ${bound} ${limit}`;
  if (which === "minimum" && limit === 1) return "it must not be empty";
  return `it must have ${bound} ${limit.toLocaleString("en")} ${unit}`;
}

const UNITS: Readonly<Record<string, string>> = {
  string: "characters",
  array: "entries",
  set: "entries",
  record: "entries",
};

function typeReason(issue: InputIssue, message: string): string {
  if (message.endsWith("received undefined")) return "it is required";
  if (message.endsWith("received bigint")) return "it is too large";
  const expected = String(get(issue, "expected"));
  return `it must be ${TYPES[expected] ?? expected}`;
}

const TYPES: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a number",
  string: "text",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  file: "a file",
};

function choices(values: unknown): string {
  const texts = Array.isArray(values) ? values.map((value) => String(value)) : [];
  return [...texts.slice(0, -2), texts.slice(-2).join(" or ")].join(", ");
}

function inWords(value: unknown): string {
  // Only the name of a file, not its content.
  if (value instanceof Blob) return JSON.stringify(get(value, "name") ?? "used");
  const text = JSON.stringify(value) ?? "absent";
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
}

function get(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
