import { DOCTOR_STEPS, type DoctorStep, type Finding } from "../../contract/doctor.ts";
import { fromWire, StudioError } from "../../contract/errors.ts";
import { type Starting, startingWords } from "../../contract/progress.ts";
import { asSentence } from "../../contract/sentence.ts";
import { trialWords } from "../../contract/setting-trial.ts";
import { pause } from "../../files/pause.ts";
import { V1_WRAPPER } from "../../kserve/client/server-faults.ts";
import type { CheckedEndpoint } from "../check-endpoint.ts";
import { NETWORK_STEPS } from "./network-steps.ts";
import type { DrawnPicture, ExaminedEndpoint, FirstReply, Outcome } from "./examined-endpoint.ts";
import { V1_WRAPPER_REMEDY } from "./remedies.ts";
import { failedBy, REPLY_STEPS } from "./reply-steps.ts";

/**
 * Checks each part of the way to an endpoint. Every step is reported twice, at its start and at its end; steps after a
 * failed one are skipped. Ends early when the signal is aborted.
 */
export async function* diagnose(
  endpoint: ExaminedEndpoint,
  signal: AbortSignal,
): AsyncGenerator<Finding, void> {
  for (const [step, look] of NETWORK_STEPS) {
    yield { step, outcome: "running" };
    const from = performance.now();
    const outcome = await look(endpoint, signal);
    const isTimed = outcome.outcome !== "skipped" && outcome.isUnasked !== true;
    yield told(endpoint, step, outcome, isTimed ? performance.now() - from : undefined);
    if (outcome.outcome === "failed") return yield* skipAfter(step);
  }
  yield* serviceSteps(endpoint, signal);
}

function told(one: ExaminedEndpoint, step: DoctorStep, outcome: Outcome, ms?: number): Finding {
  const { seen, isUnasked: _, ...others } = outcome;
  return {
    step,
    ...others,
    ...(seen !== undefined && { seen: asSentence(one.clean(seen)) }),
    ...(ms !== undefined && { ms: Math.round(ms) }),
  };
}

function* skipAfter(step: DoctorStep): Generator<Finding, void> {
  for (const next of DOCTOR_STEPS.slice(DOCTOR_STEPS.indexOf(step) + 1)) {
    yield { step: next, outcome: "skipped" };
  }
}

async function* serviceSteps(
  endpoint: ExaminedEndpoint,
  signal: AbortSignal,
): AsyncGenerator<Finding, void> {
  yield { step: "route", outcome: "running" };
  yield* awaitedStart(endpoint, signal);
  const first = Promise.withResolvers<FirstReply>();
  const looking = endpoint.look(first.resolve);
  // After it is abandoned, its result does not matter.
  looking.catch(() => undefined);
  // Some kinds report no first reply: then the final result is used.
  const replied = await Promise.race([first.promise, looking.then(replyOf)]);
  const from = performance.now();
  // A server without v2's health address may be recognised by other addresses, which are tried next.
  const isOther = replied.problem?.code === "ENDPOINT_NOT_SERVED" && replied.status === 404;
  const reply = isOther ? await knownOtherwise(replied, looking) : replied;
  for (const [step, look] of REPLY_STEPS) {
    if (step !== "route") yield { step, outcome: "running" };
    const outcome = await look(reply, endpoint, signal);
    yield told(endpoint, step, outcome, step === "route" ? reply.ms : undefined);
    if (outcome.outcome === "failed") {
      await looking;
      return yield* skipAfter(step);
    }
  }
  yield { step: "model", outcome: "running" };
  const found = await looking;
  yield* modelSteps(endpoint, found, performance.now() - from);
}

/** How often the progress of a start is reported. */
const EVERY_MS = 1000;

/** Reports a start until it is over. If it takes too long, the following steps report that. */
async function* awaitedStart(
  { awaitStart }: ExaminedEndpoint,
  signal: AbortSignal,
): AsyncGenerator<Finding, void> {
  if (awaitStart === undefined) return;
  let starting: Starting | undefined;
  let from = 0;
  const over = new AbortController();
  const waiting = awaitStart((now) => {
    starting = now;
    from = performance.now() - 1000 * (now?.elapsedSeconds ?? 0);
  }).then(
    () => over.abort(),
    () => over.abort(),
  );
  while (!over.signal.aborted) {
    await Promise.race([waiting, pause(EVERY_MS, signal).catch(() => undefined)]);
    if (over.signal.aborted || signal.aborted || starting === undefined) continue;
    const elapsedSeconds = (performance.now() - from) / 1000;
    const seen = asSentence(startingWords({ ...starting, elapsedSeconds }));
    yield { step: "route", outcome: "running", seen };
  }
}

function replyOf({ check }: CheckedEndpoint): FirstReply {
  return { ms: check.ms, problem: check.error && fromWire(check.error) };
}

async function knownOtherwise(
  first: FirstReply,
  looking: Promise<CheckedEndpoint>,
): Promise<FirstReply> {
  const { check } = await looking;
  const error = check.error && fromWire(check.error);
  return error?.code === "ENDPOINT_NOT_SERVED" ? first : { ms: first.ms, status: 200 };
}

async function* modelSteps(
  endpoint: ExaminedEndpoint,
  { check, model, metadata }: CheckedEndpoint,
  lookedMs: number,
): AsyncGenerator<Finding, void> {
  const modelMs = asked(lookedMs - (metadata?.ms ?? 0));
  const error = check.error && fromWire(check.error);
  if (error !== undefined || check.state !== "ready") {
    const loading: Outcome = {
      outcome: "failed",
      seen: `the model ${model} is not ready`,
      isStarting: true,
      fix: "Wait: its model is being loaded.",
    };
    const failed = error === undefined ? loading : failedBy(error, endpoint, check.models);
    yield told(endpoint, "model", failed, modelMs);
    return yield* skipAfter("model");
  }
  yield told(endpoint, "model", { outcome: "ok", seen: `the model ${model} is ready` }, modelMs);
  yield { step: "metadata", outcome: "running" };
  yield told(endpoint, "metadata", metadataOutcome(endpoint, { check, metadata }), metadata?.ms);
  yield* pictureStep(endpoint, check.models);
}

/** The duration of what was asked; undefined if the first reply had said all. */
function asked(ms: number): number | undefined {
  return ms < 0.5 ? undefined : ms;
}

function metadataOutcome(
  endpoint: ExaminedEndpoint,
  { check, metadata }: Pick<CheckedEndpoint, "check" | "metadata">,
): Outcome {
  const server =
    check.server === undefined
      ? "a server that does not say what it is"
      : `server: ${check.server}`;
  const models =
    check.models.length === 0 ? "" : `; models: ${check.models.slice(0, 20).join(", ")}`;
  if (metadata?.problem !== undefined) {
    const { seen: why, fix, copy } = failedBy(metadata.problem, endpoint);
    const seen = `${server}${models}; what it takes could not be read: ${why}`;
    return { outcome: "warning", seen, fix, copy };
  }
  const takes =
    check.inputs.length === 0 ? "a prompt; it declares nothing" : check.inputs.join(", ");
  const tried = endpoint.trial === undefined ? "" : trialWords(endpoint.trial.verdicts);
  const pictures = tried === "" ? "" : `; its pictures tell that it ${tried}`;
  const form = check.isBinary === true ? "; sends pictures as binary tensors" : "";
  return { outcome: "ok", seen: `${server}${models}; takes ${takes}${pictures}${form}` };
}

async function* pictureStep(
  endpoint: ExaminedEndpoint,
  models: readonly string[],
): AsyncGenerator<Finding, void> {
  const { draw } = endpoint;
  const step = "picture";
  if (draw === undefined) {
    const seen = "not asked for; it takes the endpoint's own time for one picture";
    yield told(endpoint, step, { outcome: "skipped", seen });
    return;
  }
  yield { step, outcome: "running" };
  const from = performance.now();
  try {
    const drawn = pictureOutcome(await draw());
    yield told(endpoint, step, drawn, performance.now() - from);
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    yield told(endpoint, step, failedBy(error, endpoint, models), performance.now() - from);
  }
}

function pictureOutcome({ pixels, seconds, isV1Wrapper }: DrawnPicture): Outcome {
  const seen = `${pixels.width}x${pixels.height} in ${seconds.toFixed(1)} s`;
  if (isV1Wrapper !== true) return { outcome: "ok", seen };
  const why = `${seen}, from v1's address: ${V1_WRAPPER.reason}`;
  return { outcome: "warning", seen: why, ...V1_WRAPPER_REMEDY };
}
