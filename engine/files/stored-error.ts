import { errorSchema, StudioError, toWire, type WireError } from "../contract/errors.ts";

/** The original form of errors whose code this version does not know. */
const STORED = new WeakMap<object, { readonly value: unknown }>();

/**
 * An error as it was stored, if there is one. If this version does not know its code, it is shown with its stored text,
 * and `writeJson` writes it back unchanged.
 */
export function readStoredError(stored: unknown): WireError | undefined {
  if (stored === undefined) return undefined;
  const known = errorSchema.safeParse(stored).data;
  if (known !== undefined) return known;
  const said = new Map<string, unknown>(Object.entries(Object(stored)));
  const [code, reason] = ["code", "message"].map((name) => said.get(name));
  const shown = toWire(
    new StudioError("REASON_UNKNOWN", {
      code: typeof code === "string" ? code : "?",
      reason: typeof reason === "string" ? reason.replace(/\.$/, "") : "?",
    }),
  );
  STORED.set(shown, { value: stored });
  return shown;
}

/** The stored form of a value: an error that was not understood is written as it was read. */
export function asStored(value: unknown): unknown {
  const stored = typeof value === "object" && value !== null ? STORED.get(value) : undefined;
  return stored === undefined ? value : stored.value;
}
