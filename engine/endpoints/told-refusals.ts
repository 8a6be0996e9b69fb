import { endpointCheckSchema, type EndpointCheck } from "../contract/endpoints.ts";
import { fromWire, StudioError, toWire } from "../contract/errors.ts";

/** Removes secrets, in whatever encoding, from a text in which an endpoint may quote what it was sent. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap(formsOf);
  return forms.reduce((left, form) => uncut(left.replaceAll(form, "…"), form), text);
}

/** A secret as it is, URL-encoded, in hexadecimal, and in base64 at every alignment. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    // Characters at its ends also depend on its neighbours.
    return text.slice(shift === 0 ? 0 : shift + 1, text.length - ((shift + bytes.length) % 3 && 1));
  });
  const inAddresses = base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  const forms = [
    secret,
    encodeURIComponent(secret.toWellFormed()),
    bytes.toString("hex"),
    ...base64,
  ];
  return [...new Set([...forms, ...inAddresses])].filter(({ length }) => length >= MIN_PART);
}

/** Fewer characters of a secret reveal nothing, and can be part of any word. */
const MIN_PART = 4;

/** If a long text was cut off within a secret, it ends with part of the secret. */
function uncut(text: string, secret: string): string {
  const end = text.replace(/…$/, "");
  for (let length = Math.min(secret.length - 1, end.length); length >= MIN_PART; length--) {
    if (end.endsWith(secret.slice(0, length))) return `${end.slice(0, -length)}…`;
  }
  return text;
}

/** The same for a refusal; other errors are never shown. */
export function refusalWithout(error: unknown, secrets: readonly string[]): unknown {
  if (!(error instanceof StudioError)) return error;
  const details = Object.entries(error.details).map(([name, value]) => [
    name,
    typeof value === "string" ? withoutSecrets(value, secrets) : value,
  ]);
  return new StudioError(error.code, Object.fromEntries(details));
}

/** The same for the result of a look at an endpoint. */
export function checkWithout(check: EndpointCheck, secrets: readonly string[]): EndpointCheck {
  return endpointCheckSchema.parse(walk(check, secrets));
}

function walk(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === "string") return withoutSecrets(value, secrets);
  if (Array.isArray(value)) return value.map((item) => walk(item, secrets));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, walk(item, secrets)]),
  );
}

/** The refusal of a request without a token, which cannot have been wrong or expired; other errors unchanged. */
export function noTokenSent(error: unknown): unknown {
  return error instanceof StudioError ? named(error) : error;
}

/** The same for the result of a look at an endpoint. */
export function checkWithNoToken(check: EndpointCheck): EndpointCheck {
  const error = check.error && fromWire(check.error);
  return error === undefined ? check : { ...check, error: toWire(named(error)) };
}

function named(error: StudioError): StudioError {
  if (error.code !== "ENDPOINT_TOKEN_REFUSED") return error;
  const reason = `none was sent (${String(error.details["reason"])})`;
  return new StudioError("ENDPOINT_TOKEN_REFUSED", { reason });
}
