/** The schedulers by the names of the command line and the endpoint. */
export const SCHEDULER_NAMES = [
  "ddim",
  "pndm",
  "euler",
  "euler-karras",
  "euler-ancestral",
  "dpm++2m",
  "dpm++2m-karras",
] as const;
export type SchedulerName = (typeof SCHEDULER_NAMES)[number];
