import {
  completeSettings,
  damaged,
  FIELDS,
  type Field,
  type SchedulerSettings,
} from "./settings.ts";

/** What a scheduler_config.json says, and nothing else: the defaults depend on the class that reads it. */
export interface SchedulerConfig {
  /** The diffusers class of the model's own scheduler. */
  readonly className: string;
  readonly settings: Partial<SchedulerSettings>;
}

/**
 * Reads a parsed scheduler_config.json. As in diffusers, the class named in model_index.json, if any, takes precedence
 * over the file's own `_class_name`. Null counts as absent; unknown keys are ignored. CONFIG_INVALID: the file is
 * damaged. SCHEDULER_UNSUPPORTED: no scheduler here can do what it asks for.
 */
export function readSchedulerConfig(json: unknown, indexClass?: string): SchedulerConfig {
  const entries = new Map(isObject(json) ? Object.entries(json) : []);
  const className = indexClass ?? entries.get("_class_name");
  if (!isClassName(className)) throw damaged("its _class_name is not the name of a class");
  const said = Object.entries(FIELDS).flatMap(([key, field]) =>
    entry(key, field, entries.get(key)),
  );
  const settings = Object.fromEntries(said) as Partial<SchedulerSettings>;
  checkBetaCount(completeSettings(settings, {}));
  return { className, settings };
}

function entry(key: string, field: Field<unknown>, value: unknown): [string, unknown][] {
  if (value === undefined || value === null) return [];
  if (field.accepts(value)) return [[key, value]];
  throw field.refuse(`its ${key} is ${quote(value)}, not ${field.wants}`);
}

function checkBetaCount({
  trained_betas: betas,
  num_train_timesteps: trained,
}: SchedulerSettings): void {
  if (betas === null || betas.length === trained) return;
  throw damaged(`it has ${betas.length} trained_betas for ${trained} timesteps`);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isClassName(value: unknown): value is string {
  return typeof value === "string" && /^\w{1,100}$/.test(value);
}

/** A value from a foreign file, shortened for a sentence. */
function quote(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
