import { SCHEDULER_NAMES, type SchedulerName } from "../contract/schedulers.ts";

/** A1111's names of a scheduler: its sampler, and its schedule type if that sampler has several. */
export interface SamplerNames {
  readonly sampler: string;
  readonly schedule?: "Uniform" | "Karras";
}

/**
 * Uniform is written explicitly: since 1.9 A1111 takes DPM++ 2M without a schedule type for Karras, and earlier
 * versions ignore the key.
 */
const SAMPLERS = {
  ddim: { sampler: "DDIM" },
  pndm: { sampler: "PLMS" },
  euler: { sampler: "Euler", schedule: "Uniform" },
  "euler-karras": { sampler: "Euler", schedule: "Karras" },
  "euler-ancestral": { sampler: "Euler a", schedule: "Uniform" },
  "dpm++2m": { sampler: "DPM++ 2M", schedule: "Uniform" },
  "dpm++2m-karras": { sampler: "DPM++ 2M", schedule: "Karras" },
  "dpm++2m-sde": { sampler: "DPM++ 2M SDE", schedule: "Uniform" },
  "dpm++2m-sde-karras": { sampler: "DPM++ 2M SDE", schedule: "Karras" },
  "dpm++sde": { sampler: "DPM++ SDE", schedule: "Uniform" },
  "dpm++sde-karras": { sampler: "DPM++ SDE", schedule: "Karras" },
  heun: { sampler: "Heun", schedule: "Uniform" },
  "heun-karras": { sampler: "Heun", schedule: "Karras" },
  lms: { sampler: "LMS", schedule: "Uniform" },
  "lms-karras": { sampler: "LMS", schedule: "Karras" },
  deis: { sampler: "DEIS", schedule: "Uniform" },
  "deis-karras": { sampler: "DEIS", schedule: "Karras" },
  ddpm: { sampler: "DDPM" },
  lcm: { sampler: "LCM" },
  tcd: { sampler: "TCD" },
  kdpm2: { sampler: "DPM2", schedule: "Uniform" },
  "kdpm2-karras": { sampler: "DPM2", schedule: "Karras" },
  "kdpm2-ancestral": { sampler: "DPM2 a", schedule: "Uniform" },
  "kdpm2-ancestral-karras": { sampler: "DPM2 a", schedule: "Karras" },
  unipc: { sampler: "UniPC", schedule: "Uniform" },
  "unipc-karras": { sampler: "UniPC", schedule: "Karras" },
} as const satisfies Readonly<Record<SchedulerName, SamplerNames>>;

/** What "Automatic" means for samplers for which it is not Uniform: sd_samplers_kdiffusion.py. */
const AUTOMATIC: ReadonlyMap<string, string> = new Map([
  ["dpm++ 2m", "karras"],
  ["dpm++ 2m sde", "exponential"],
  ["dpm++ sde", "karras"],
  ["dpm2", "karras"],
  ["dpm2 a", "karras"],
]);

/** A1111's names of our scheduler. */
export function samplerNames(scheduler: SchedulerName): SamplerNames {
  return SAMPLERS[scheduler];
}

/**
 * Our scheduler by A1111's names, old ("DPM++ 2M Karras") or new ("DPM++ 2M", "Karras"), in any case; undefined if we
 * do not have it.
 */
export function schedulerNamed(sampler: string, schedule = ""): SchedulerName | undefined {
  const [, name = "", suffix] = /^(.*?)( karras)?$/.exec(sampler.trim().toLowerCase()) ?? [];
  const wanted = suffix ? "karras" : resolve(schedule.trim().toLowerCase(), name);
  return SCHEDULER_NAMES.find((scheduler) => {
    const known: SamplerNames = SAMPLERS[scheduler];
    const type = known.schedule ?? "Uniform";
    return known.sampler.toLowerCase() === name && type.toLowerCase() === wanted;
  });
}

/** Resolves a schedule type: "automatic" is each sampler's default in A1111. */
function resolve(schedule: string, sampler: string): string {
  if (schedule === "automatic") return AUTOMATIC.get(sampler) ?? "uniform";
  return schedule === "" ? "uniform" : schedule;
}
