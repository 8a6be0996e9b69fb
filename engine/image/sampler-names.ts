import { SCHEDULER_NAMES, type SchedulerName } from "../contract/schedulers.ts";

/** A scheduler in A1111's words: its sampler and, where that has several, its schedule type. */
export interface SamplerNames {
  readonly sampler: string;
  readonly schedule?: "Uniform" | "Karras";
}

/**
 * Uniform is written out: A1111 from 1.9 on takes DPM++ 2M without a schedule type for Karras, and
 * versions before do not know the key.
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

/** What "Automatic" stands for in A1111, where that is not Uniform: sd_samplers_kdiffusion.py. */
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
 * Our scheduler by A1111's names, old ("DPM++ 2M Karras") or new ("DPM++ 2M", "Karras"), in any
 * case; undefined for those we do not have.
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

/** What a schedule type stands for: "automatic" is each sampler's own choice in A1111. */
function resolve(schedule: string, sampler: string): string {
  if (schedule === "automatic") return AUTOMATIC.get(sampler) ?? "uniform";
  return schedule === "" ? "uniform" : schedule;
}
