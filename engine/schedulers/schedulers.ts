import type { SchedulerName } from "../contract/schedulers.ts";
import { lcm, tcd } from "./methods/consistency.ts";
import { ddim } from "./methods/ddim.ts";
import { ddpm } from "./methods/ddpm.ts";
import { deis } from "./methods/deis.ts";
import { dpmMultistep } from "./methods/dpm-multistep.ts";
import { dpmSinglestep } from "./methods/dpm-singlestep.ts";
import { euler, eulerAncestral } from "./methods/euler.ts";
import { heun } from "./methods/heun.ts";
import { kdpm2, kdpm2Ancestral } from "./methods/kdpm2.ts";
import { lms } from "./methods/lms.ts";
import { pndm } from "./methods/pndm.ts";
import { unipc } from "./methods/unipc.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SchedulerSettings } from "./settings.ts";

/** A scheduler with the settings that its name implies, whatever a config says. */
interface NamedScheduler {
  readonly scheduler: Scheduler;
  readonly fixed: Partial<SchedulerSettings>;
}

const SPACED = {
  use_karras_sigmas: false,
  use_exponential_sigmas: false,
  use_beta_sigmas: false,
  use_flow_sigmas: false,
};
const KARRAS = { ...SPACED, use_karras_sigmas: true };
const EULER = { interpolation_type: "linear", timestep_type: "discrete" };
const DPM = {
  algorithm_type: "dpmsolver++",
  solver_type: "midpoint",
  solver_order: 2,
  use_lu_lambdas: false,
};
const DPM_SDE = { ...DPM, algorithm_type: "sde-dpmsolver++" };
const UNIPC = { solver_type: "bh2", solver_order: 2 };
const DEIS = { algorithm_type: "deis", solver_type: "logrho", solver_order: 2 };

/** Every scheduler that can be selected by name. */
export const SCHEDULERS: Readonly<Record<SchedulerName, NamedScheduler>> = {
  ddim: { scheduler: ddim, fixed: {} },
  pndm: { scheduler: pndm, fixed: { skip_prk_steps: true } },
  euler: { scheduler: euler, fixed: { ...EULER, ...SPACED } },
  "euler-karras": { scheduler: euler, fixed: { ...EULER, ...KARRAS } },
  "euler-ancestral": { scheduler: eulerAncestral, fixed: {} },
  "dpm++2m": { scheduler: dpmMultistep, fixed: { ...DPM, ...SPACED } },
  "dpm++2m-karras": { scheduler: dpmMultistep, fixed: { ...DPM, ...KARRAS } },
  "dpm++2m-sde": { scheduler: dpmMultistep, fixed: { ...DPM_SDE, ...SPACED } },
  "dpm++2m-sde-karras": { scheduler: dpmMultistep, fixed: { ...DPM_SDE, ...KARRAS } },
  "dpm++sde": { scheduler: dpmSinglestep, fixed: { ...DPM, ...SPACED } },
  "dpm++sde-karras": { scheduler: dpmSinglestep, fixed: { ...DPM, ...KARRAS } },
  unipc: { scheduler: unipc, fixed: { ...UNIPC, ...SPACED } },
  "unipc-karras": { scheduler: unipc, fixed: { ...UNIPC, ...KARRAS } },
  deis: { scheduler: deis, fixed: { ...DEIS, ...SPACED } },
  "deis-karras": { scheduler: deis, fixed: { ...DEIS, ...KARRAS } },
  lms: { scheduler: lms, fixed: SPACED },
  "lms-karras": { scheduler: lms, fixed: KARRAS },
  heun: { scheduler: heun, fixed: SPACED },
  "heun-karras": { scheduler: heun, fixed: KARRAS },
  kdpm2: { scheduler: kdpm2, fixed: SPACED },
  "kdpm2-karras": { scheduler: kdpm2, fixed: KARRAS },
  "kdpm2-ancestral": { scheduler: kdpm2Ancestral, fixed: SPACED },
  "kdpm2-ancestral-karras": { scheduler: kdpm2Ancestral, fixed: KARRAS },
  ddpm: { scheduler: ddpm, fixed: {} },
  lcm: { scheduler: lcm, fixed: {} },
  tcd: { scheduler: tcd, fixed: {} },
};

/** Every diffusers class that a model can name as its own. */
export const CLASSES: ReadonlyMap<string, Scheduler> = new Map(
  Object.values(SCHEDULERS).map(({ scheduler }) => [scheduler.className, scheduler]),
);
