import type { FastifyRequest } from "fastify";
import { archiveNameSchema } from "../contract/archives.ts";
import { StudioError } from "../contract/errors.ts";
import { placeInStore, type Registration } from "./model-table.ts";
import { namesIn } from "./store-content.ts";

/** The fields of a request's query or body, by name. */
export type Fields = ReadonlyMap<string, string>;

export function queryOf({ url }: FastifyRequest): Map<string, string> {
  const at = url.indexOf("?");
  return new Map(at < 0 ? [] : new URLSearchParams(url.slice(at + 1)));
}

/** The fields of a JSON body as text; none if it is not an object. */
export function fieldsIn(bytes: Uint8Array): readonly (readonly [string, string])[] {
  if (bytes.length === 0) return [];
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof json !== "object" || json === null) return [];
    return Object.entries(json).map(([key, value]) => [key, String(value)] as const);
  } catch {
    return [];
  }
}

export function number(fields: Fields, key: string, otherwise: number): number {
  const text = fields.get(key);
  if (text === undefined || text === "") return otherwise;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const value = text.slice(0, 100);
  throw new StudioError("REQUEST_INVALID", { field: key, value, reason: "it is a whole number" });
}

export function isTrue(fields: Fields, key: string): boolean {
  return fields.get(key)?.toLowerCase() === "true";
}

/** What a registration needs besides its fields. */
interface RegistrationPlace {
  readonly modelStore: string;
  readonly responseSeconds: number;
}

/** Makes a registration from its fields. As in TorchServe, the version is the archive's, and the name by default. */
export async function registrationOf(
  fields: Fields,
  { modelStore, responseSeconds }: RegistrationPlace,
): Promise<Registration> {
  const url = fields.get("url") ?? fields.get("model_url") ?? "";
  if (url === "") {
    const reason = "it names an archive in the model store";
    throw new StudioError("REQUEST_INVALID", { field: "url", value: "absent", reason });
  }
  const found = await namesIn(await placeInStore(modelStore, url), url);
  const given = fields.get("model_name") ?? "";
  const name = given === "" ? found.name : given;
  if (!archiveNameSchema.safeParse(name).success) {
    const reason = "a name has letters, digits and _-.";
    throw new StudioError("REQUEST_INVALID", {
      field: "model_name",
      value: name.slice(0, 100),
      reason,
    });
  }
  const minWorkers = number(fields, "initial_workers", 0);
  return {
    name,
    version: found.version,
    url,
    minWorkers,
    maxWorkers: Math.max(1, minWorkers),
    batchSize: number(fields, "batch_size", 1),
    maxBatchDelay: number(fields, "max_batch_delay", 100),
    responseTimeout: number(fields, "response_timeout", responseSeconds),
    isLoadedAtStart: false,
  };
}
