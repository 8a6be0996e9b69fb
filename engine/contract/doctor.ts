import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { endpointIdSchema, newEndpointSchema } from "./endpoints.ts";

/** What is looked at, in this order: each step stands on those before it. */
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
 * One check of an endpoint: first as `running`, then once more with what it came to. One that waits for a start runs with
 * news of it in `seen`.
 */
export const findingSchema = z.object({
  step: z.enum(DOCTOR_STEPS),
  /** `warning` works and may not stay so; `skipped` was not needed, or stands on a step that failed. */
  outcome: z.enum(["running", "ok", "warning", "failed", "skipped"]),
  /** How long it took; absent where nothing was asked. */
  ms: z.number().optional(),
  /** What was seen, as a sentence without secrets. */
  seen: z.string().optional(),
  /** Of what failed: whether it looks as if the endpoint is only starting, so that waiting may be all it takes. */
  isStarting: z.boolean().optional(),
  /** What to do about it. */
  fix: z.string().optional(),
  /** What of that is to be copied: a command, an annotation, a line of YAML. */
  copy: z.string().optional(),
});
export type Finding = z.output<typeof findingSchema>;

const asked = {
  isPictureAsked: z.boolean().default(false),
  /** Whether one that is starting is waited for, as a picture would; told by findings that run. */
  isStartAwaited: z.boolean().optional(),
};

const diagnosedSchema = z.union([
  z.strictObject({ id: endpointIdSchema, ...asked }),
  /** One that is not added, and is not by this. */
  z.strictObject({ endpoint: newEndpointSchema, ...asked }),
]);
export type Diagnosed = z.output<typeof diagnosedSchema>;

/** Looks at each part of the way to an endpoint, and says what is wrong with it and how it is put right. */
export const diagnose = oc.input(diagnosedSchema).output(eventIterator(findingSchema));

/** Steps by the names that people read. */
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

/** A finding in one line, and its remedy in another. */
export function findingLines({ step, outcome, ms, seen, fix, copy }: Finding): string[] {
  const time = ms === undefined ? "" : ` (${Math.round(ms)} ms)`;
  const said = seen === undefined ? "" : `: ${seen}`;
  return [
    `${outcome.toUpperCase().padEnd(8)}${STEP_NAMES[step]}${time}${said}`,
    ...(fix === undefined ? [] : [`        Fix: ${fix}`]),
    ...(copy === undefined ? [] : copy.split("\n").map((line) => `          ${line}`)),
  ];
}

/** What was found, to be pasted into a ticket: nothing in it is secret. */
export function doctorReport(
  url: string,
  findings: readonly Finding[],
  at: string,
  version: string,
): string {
  const failed = findings.filter(({ outcome }) => outcome === "failed");
  const summary =
    failed.length === 0
      ? "Nothing is wrong."
      : `Failed: ${failed.map(({ step }) => STEP_NAMES[step]).join(", ")}.`;
  return [
    `Endpoint ${url}`,
    `Checked ${at} by Darkroom ${version}`,
    summary,
    "",
    ...findings.flatMap(findingLines),
    "",
  ].join("\n");
}
