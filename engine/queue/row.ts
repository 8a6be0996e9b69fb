import { StudioError, toWire, type WireError } from "../contract/errors.ts";
import { generationSchema, type Generation } from "../contract/generation.ts";
import { orderSchema } from "../contract/order.ts";
import { readStoredError } from "../files/stored-error.ts";

/** A row of the table, as returned by node:sqlite. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * The generation in a row, without its progress, which only the drawing code knows. A damaged row, or one of another
 * version, is returned as failed with whatever could be read, and an error that says so.
 */
export function readRow(row: Row): Generation {
  const { value: order, fault } = readJson(row["generation_order"]);
  const found = {
    id: String(row["id"]),
    state: row["state"],
    order,
    target: String(row["target"]),
    createdAt: String(row["created_at"]),
    startedAt: text(row["started_at"]),
    endedAt: text(row["ended_at"]),
    imageId: text(row["image_id"]),
    error: readError(row["error"]),
    elsewhere: readList(row["elsewhere"], generationSchema.shape.elsewhere),
    tried: readList(row["tried"], generationSchema.shape.tried),
  };
  if (fault !== undefined) return unreadable(found, fault);
  const { data, error } = generationSchema.safeParse(found);
  return data ?? tryDone(found) ?? unreadable(found, faultOf(error?.issues[0]?.path ?? []));
}

/** Whether a row was read completely, so that it can be drawn. */
export function isReadable({ error }: Generation): boolean {
  return error?.code !== "ENTRY_UNREADABLE";
}

type Found = Readonly<Record<keyof Omit<Generation, "progress">, unknown>>;

/** A finished generation is not drawn again, so unknown parts of its order can be dropped. */
function tryDone(found: Found): Generation | undefined {
  const order = keepKnown(found.order);
  return generationSchema.safeParse({
    ...found,
    state: found.state === "done" ? "done" : "",
    order,
  }).data;
}

function unreadable(found: Found, reason: string): Generation {
  const refusal = new StudioError("ENTRY_UNREADABLE", { what: "This generation", reason });
  const isTime = generationSchema.shape.createdAt.safeParse(found.createdAt).success;
  return {
    id: String(found.id),
    state: "failed",
    order: orderSchema.parse({ ...NOTHING_KNOWN, ...keepKnown(found.order) }),
    target: String(found.target),
    createdAt: isTime ? String(found.createdAt) : new Date(0).toISOString(),
    error: toWire(refusal),
  };
}

const NOTHING_KNOWN = {
  model: "unknown",
  prompt: "",
  negativePrompt: "",
  width: 512,
  height: 512,
};

/** The parts of an order that this version knows. */
function keepKnown(order: unknown): object {
  const kept = Object.entries(Object(order)).filter(
    ([name, value]) => PARTIAL_ORDER.safeParse({ [name]: value }).success,
  );
  return Object.fromEntries(kept);
}

const PARTIAL_ORDER = orderSchema.partial();

function faultOf(path: readonly PropertyKey[]): string {
  const name = String(path.at(-1));
  const isWord = path.length > 1 || name === "state";
  return isWord ? `this version of Darkroom cannot use its ${name}` : "it is damaged";
}

/** The error it failed with. */
function readError(stored: unknown): WireError | undefined {
  return typeof stored === "string" ? readStoredError(readJson(stored).value) : undefined;
}

interface ListSchema<T> {
  safeParse(value: unknown): { readonly data?: T | undefined };
}

/** An optional list beside the order; undefined if there is none, or it cannot be read. */
function readList<T>(stored: unknown, schema: ListSchema<T>): T | undefined {
  return typeof stored === "string" ? schema.safeParse(readJson(stored).value).data : undefined;
}

function readJson(stored: unknown): { readonly value?: unknown; readonly fault?: string } {
  try {
    return { value: JSON.parse(String(stored)) };
  } catch {
    return { fault: "its order is damaged" };
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
