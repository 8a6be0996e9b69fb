import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { endpointIdSchema, newEndpointSchema } from "./endpoints.ts";

/** The checks in order: each depends on those before it. */
export const DOCTOR_STEPS = [
  "address",
  "dns",
  "proxy",
  "tcp",
  "tls",
  "route",
  "sign-in",
  "token",
  "live",
  "model",
  "metadata",
  "picture",
] as const;
export type DoctorStep = (typeof DOCTOR_STEPS)[number];

/**
 * A check of an endpoint: reported first as `running`, then again with its result. While it waits for the endpoint to
 * start, `seen` says how far that is.
 */
export const findingSchema = z.object({
  step: z.enum(DOCTOR_STEPS),
  /** `warning`: works, but perhaps not for long; `skipped`: not needed, or depends on a failed check. */
  outcome: z.enum(["running", "ok", "warning", "failed", "skipped"]),
  /** How long it took; absent if nothing was requested. */
  ms: z.number().optional(),
  /** What was found, as a sentence without secrets. */
  seen: z.string().optional(),
  /** After a failure: whether the endpoint seems to be starting, so that waiting may be enough. */
  isStarting: z.boolean().optional(),
  /** What to do about it. */
  fix: z.string().optional(),
  /** The part of the fix to copy: a command, an annotation, a line of YAML. */
  copy: z.string().optional(),
});
export type Finding = z.output<typeof findingSchema>;

const asked = {
  isPictureAsked: z.boolean().default(false),
  /** Whether to wait for an endpoint that is starting, as a picture would; reported by running findings. */
  isStartAwaited: z.boolean().optional(),
};

const diagnosedSchema = z.union([
  z.strictObject({ id: endpointIdSchema, ...asked }),
  /** An endpoint that has not been added, and is not added by this. */
  z.strictObject({ endpoint: newEndpointSchema, ...asked }),
]);
export type Diagnosed = z.output<typeof diagnosedSchema>;

/** Checks each part of the way to an endpoint, and says what is wrong and how to fix it. */
export const diagnose = oc.input(diagnosedSchema).output(eventIterator(findingSchema));

/** The request that tests whether an endpoint draws; sent as small as the endpoint allows. */
export const DOCTORS_ORDER = {
  prompt: "a red house",
  negativePrompt: "",
  width: 128,
  height: 128,
  steps: 2,
} as const;

/** The checks' names for people. */
export const STEP_NAMES: Readonly<Record<DoctorStep, string>> = {
  address: "Address",
  dns: "DNS",
  proxy: "Proxy",
  tcp: "TCP",
  tls: "TLS",
  route: "Route",
  "sign-in": "Sign-in",
  token: "Token",
  live: "Server live",
  model: "Model ready",
  metadata: "Metadata",
  picture: "First picture",
};

/** A finding in one line, and its fix in another. */
export function findingLines({ step, outcome, ms, seen, fix, copy }: Finding): string[] {
  const time = ms === undefined ? "" : ` (${Math.round(ms)} ms)`;
  const said = seen === undefined ? "" : `: ${seen}`;
  return [
    `${outcome.toUpperCase().padEnd(8)}${STEP_NAMES[step]}${time}${said}`,
    ...(fix === undefined ? [] : [`        Fix: ${fix}`]),
    ...(copy === undefined ? [] : copy.split("\n").map((line) => `          ${line}`)),
  ];
}

/** The findings as text for a ticket, without secrets. */
export function doctorReport(
  url: string,
  findings: readonly Finding[],
  at: string,
  version: string,
): string {
  return [
    `Endpoint ${url}`,
    `Checked ${at} by Darkroom ${version}`,
    summaryOf(findings),
    "",
    ...findings.flatMap(findingLines),
    "",
  ].join("\n");
}

function summaryOf(findings: readonly Finding[]): string {
  const of = (wanted: Finding["outcome"]) =>
    findings.filter(({ outcome }) => outcome === wanted).map(({ step }) => STEP_NAMES[step]);
  const [failed, warned] = [of("failed"), of("warning")];
  if (failed.length > 0) return `Failed: ${failed.join(", ")}.`;
  return warned.length > 0 ? `It works, with warnings: ${warned.join(", ")}.` : "Nothing is wrong.";
}
