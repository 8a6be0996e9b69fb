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
const SAMPLERS: Readonly<Record<SchedulerName, SamplerNames>> = {
  ddim: { sampler: "DDIM" },
  pndm: { sampler: "PLMS" },
  euler: { sampler: "Euler", schedule: "Uniform" },
  "euler-karras": { sampler: "Euler", schedule: "Karras" },
  "euler-ancestral": { sampler: "Euler a", schedule: "Uniform" },
  "dpm++2m": { sampler: "DPM++ 2M", schedule: "Uniform" },
  "dpm++2m-karras": { sampler: "DPM++ 2M", schedule: "Karras" },
};

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
    const known = SAMPLERS[scheduler];
    const type = known.schedule ?? "Uniform";
    return known.sampler.toLowerCase() === name && type.toLowerCase() === wanted;
  });
}

/** What a schedule type stands for: "automatic" is each sampler's own choice in A1111. */
function resolve(schedule: string, sampler: string): string {
  if (schedule === "automatic") return sampler === "dpm++ 2m" ? "karras" : "uniform";
  return schedule === "" ? "uniform" : schedule;
}
