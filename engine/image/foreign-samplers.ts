import { SCHEDULER_NAMES, type SchedulerName } from "../contract/schedulers.ts";

/** Another program's names for each of our schedulers: none, one or several. */
type ForeignNames = Readonly<Record<SchedulerName, readonly string[]>>;

/** InvokeAI's names: `_k` means Karras, `_a` ancestral. Its dpmpp_sde is a class that we do not have. */
const INVOKEAI = {
  ddim: ["ddim"],
  pndm: ["pndm"],
  euler: ["euler"],
  "euler-karras": ["euler_k"],
  "euler-ancestral": ["euler_a"],
  "dpm++2m": ["dpmpp_2m"],
  "dpm++2m-karras": ["dpmpp_2m_k"],
  "dpm++2m-sde": ["dpmpp_2m_sde"],
  "dpm++2m-sde-karras": ["dpmpp_2m_sde_k"],
  "dpm++sde": ["dpmpp_2s"],
  "dpm++sde-karras": ["dpmpp_2s_k"],
  heun: ["heun"],
  "heun-karras": ["heun_k"],
  lms: ["lms"],
  "lms-karras": ["lms_k"],
  deis: ["deis"],
  "deis-karras": ["deis_k"],
  ddpm: ["ddpm"],
  lcm: ["lcm"],
  tcd: ["tcd"],
  kdpm2: ["kdpm_2"],
  "kdpm2-karras": ["kdpm_2_k"],
  "kdpm2-ancestral": ["kdpm_2_a"],
  "kdpm2-ancestral-karras": ["kdpm_2_a_k"],
  unipc: ["unipc"],
  "unipc-karras": ["unipc_k"],
} as const satisfies ForeignNames;

/** ComfyUI's and Fooocus' names: sampler and schedule. We do not have their other schedules. */
const COMFYUI = {
  ddim: ["ddim normal", "ddim ddim_uniform"],
  pndm: [],
  euler: ["euler normal"],
  "euler-karras": ["euler karras"],
  "euler-ancestral": ["euler_ancestral normal"],
  "dpm++2m": ["dpmpp_2m normal"],
  "dpm++2m-karras": ["dpmpp_2m karras"],
  "dpm++2m-sde": ["dpmpp_2m_sde normal", "dpmpp_2m_sde_gpu normal"],
  "dpm++2m-sde-karras": ["dpmpp_2m_sde karras", "dpmpp_2m_sde_gpu karras"],
  "dpm++sde": ["dpmpp_sde normal", "dpmpp_sde_gpu normal"],
  "dpm++sde-karras": ["dpmpp_sde karras", "dpmpp_sde_gpu karras"],
  heun: ["heun normal"],
  "heun-karras": ["heun karras"],
  lms: ["lms normal"],
  "lms-karras": ["lms karras"],
  deis: ["deis normal"],
  "deis-karras": ["deis karras"],
  ddpm: ["ddpm normal"],
  lcm: ["lcm normal", "lcm sgm_uniform"],
  tcd: ["tcd normal"],
  kdpm2: ["dpm_2 normal"],
  "kdpm2-karras": ["dpm_2 karras"],
  "kdpm2-ancestral": ["dpm_2_ancestral normal"],
  "kdpm2-ancestral-karras": ["dpm_2_ancestral karras"],
  unipc: ["uni_pc normal", "uni_pc_bh2 normal"],
  "unipc-karras": ["uni_pc karras", "uni_pc_bh2 karras"],
} as const satisfies ForeignNames;

/** Our scheduler by InvokeAI's name; undefined if we do not have it. */
export function invokeaiScheduler(name: unknown): SchedulerName | undefined {
  return called(INVOKEAI, name);
}

/** Our scheduler by ComfyUI's names; undefined if we do not have it. */
export function comfyuiScheduler(sampler: unknown, schedule: unknown): SchedulerName | undefined {
  return called(COMFYUI, `${String(sampler)} ${String(schedule)}`);
}

function called(table: ForeignNames, wanted: unknown): SchedulerName | undefined {
  return SCHEDULER_NAMES.find((scheduler) => table[scheduler].some((name) => name === wanted));
}
