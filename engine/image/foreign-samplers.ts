import type { SchedulerName } from "../contract/schedulers.ts";

/** InvokeAI's names: `_k` is Karras, `_a` is ancestral. */
const INVOKEAI: ReadonlyMap<unknown, SchedulerName> = new Map([
  ["ddim", "ddim"],
  ["pndm", "pndm"],
  ["euler", "euler"],
  ["euler_k", "euler-karras"],
  ["euler_a", "euler-ancestral"],
  ["dpmpp_2m", "dpm++2m"],
  ["dpmpp_2m_k", "dpm++2m-karras"],
]);

/** ComfyUI's and Fooocus' names: sampler and schedule. Their other schedules are none of ours. */
const COMFYUI: ReadonlyMap<string, SchedulerName> = new Map([
  ["ddim normal", "ddim"],
  ["ddim ddim_uniform", "ddim"],
  ["euler normal", "euler"],
  ["euler karras", "euler-karras"],
  ["euler_ancestral normal", "euler-ancestral"],
  ["dpmpp_2m normal", "dpm++2m"],
  ["dpmpp_2m karras", "dpm++2m-karras"],
]);

/** Our scheduler by InvokeAI's name; undefined for those we do not have. */
export function invokeaiScheduler(name: unknown): SchedulerName | undefined {
  return INVOKEAI.get(name);
}

/** Our scheduler by ComfyUI's names; undefined for those we do not have. */
export function comfyuiScheduler(sampler: unknown, schedule: unknown): SchedulerName | undefined {
  return COMFYUI.get(`${String(sampler)} ${String(schedule)}`);
}
