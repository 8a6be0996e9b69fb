import { StudioError } from "../contract/errors.ts";

/** A SCHEDULER_UNSUPPORTED refusal: the request is valid, but no scheduler here can do it. */
export function unsupported(reason: string): StudioError {
  return new StudioError("SCHEDULER_UNSUPPORTED", { reason });
}

/** The entry of a table that the setting `key` selects. SCHEDULER_UNSUPPORTED if there is none. */
export function chosen<K extends string, T>(
  table: Readonly<Record<string, T>>,
  key: K,
  settings: Readonly<Record<K, string>>,
): T {
  const entry = Object.hasOwn(table, settings[key]) ? table[settings[key]] : undefined;
  if (entry !== undefined) return entry;
  const names = Object.keys(table).join(", ");
  throw unsupported(
    `its ${key} is ${JSON.stringify(settings[key].slice(0, 60))}, not one of ${names}`,
  );
}
