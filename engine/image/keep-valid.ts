import { type ForeignRecord, recordSchema } from "../contract/image-record.ts";

/** The fields that a record may have as they are; the rest is left out. */
export function keepValid(fields: Readonly<Record<string, unknown>>): ForeignRecord {
  const valid = Object.entries(recordSchema.shape).filter(
    ([name, schema]) => fields[name] !== undefined && schema.safeParse(fields[name]).success,
  );
  return Object.fromEntries(valid.map(([name]) => [name, fields[name]]));
}
