import { errorSchema } from "../contract/errors.ts";
import { GENERATION_STATES, type Generation } from "../contract/generation.ts";
import { orderSchema } from "../contract/order.ts";

/** A row of the table, as node:sqlite gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** The generation that a row holds; its progress is known to whoever draws it. */
export function readRow(row: Row): Generation {
  const state = GENERATION_STATES.find((name) => name === row["state"]);
  if (state === undefined) throw new TypeError(`a generation's state is ${String(row["state"])}`);
  const error = text(row["error"]);
  return {
    id: String(row["id"]),
    state,
    order: orderSchema.parse(JSON.parse(String(row["generation_order"]))),
    target: String(row["target"]),
    createdAt: String(row["created_at"]),
    startedAt: text(row["started_at"]),
    endedAt: text(row["ended_at"]),
    imageId: text(row["image_id"]),
    error: error === undefined ? undefined : errorSchema.parse(JSON.parse(error)),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
