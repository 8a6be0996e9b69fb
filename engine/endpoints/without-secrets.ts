import { StudioError } from "../contract/errors.ts";

/** Plain data in which an endpoint may quote what it was sent, without what of that is secret. */
export function withoutSecrets<T>(value: T, secrets: readonly string[]): T {
  return walk(value, secrets) as T;
}

/** The same for a refusal; other errors are not shown to anyone. */
export function refusalWithout(error: unknown, secrets: readonly string[]): unknown {
  if (!(error instanceof StudioError)) return error;
  return new StudioError(error.code, withoutSecrets(error.details, secrets));
}

function walk(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === "string") {
    return secrets.reduce((left, secret) => left.replaceAll(secret, "…"), value);
  }
  if (Array.isArray(value)) return value.map((item) => walk(item, secrets));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, walk(item, secrets)]),
  );
}
