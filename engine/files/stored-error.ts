import { errorSchema, StudioError, toWire, type WireError } from "../contract/errors.ts";

/** How those were stored whose code this version does not know. */
const STORED = new WeakMap<object, { readonly value: unknown }>();

/**
 * A refusal as it was stored, where there is one. One whose code this version does not know is shown with its words, and
 * `writeJson` writes it again as it was.
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

/** What is to be written for a value: a refusal that was not understood is written as it was read. */
export function asStored(value: unknown): unknown {
  const stored = typeof value === "object" && value !== null ? STORED.get(value) : undefined;
  return stored === undefined ? value : stored.value;
}
