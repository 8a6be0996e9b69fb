import type { DeploymentCheck } from "../contract/archives.ts";
import { type Deployment, line, USUAL_PICTURE } from "./deployment.ts";
import { responseTimeoutOf } from "./serving-form.ts";

/** TorchServe's defaults (ConfigManager.java, 0.12.0). */
const DEFAULTS = { maxResponseSize: 6_553_500, responseTimeout: 120 } as const;
/** Seconds: an OpenShift route ends a silent reply, and KServe's wrapper waits no longer for TorchServe. */
const ROUTE_TIMEOUT = 30;
const WRAPPER_TIMEOUT = 600;
/** The value in the notebook's config.properties. */
const NOTEBOOK_RESPONSE_SIZE = 30_000_000;
/** A reply with several pictures is one response to TorchServe, and this number is common. */
const SEVERAL = 4;
/** Names, id, seeds and shape around the pixels. */
const ENVELOPE_BYTES = 200;

/** `[255,255,255],` for each pixel, and brackets around each row and all of them. */
function pictureBytes({ width, height }: NonNullable<Deployment["picture"]>): number {
  return height * (width * 14 + 2) + 3;
}

export function checkResponseSize({ picture, config }: Deployment): DeploymentCheck {
  const tell = line("response-size");
  const { width, height } = picture ?? USUAL_PICTURE;
  const each = pictureBytes({ width, height });
  const bytes = each + ENVELOPE_BYTES;
  const limit = numberOf(config?.get("max_response_size")) ?? DEFAULTS.maxResponseSize;
  const size = `A picture of ${width}x${height} takes up to ${bytes} bytes as JSON`;
  const several = SEVERAL * each + ENVELOPE_BYTES;
  if (several <= limit) return tell.ok(`${size}, and max_response_size is ${limit}.`);
  if (bytes <= limit) {
    const most = Math.floor((limit - ENVELOPE_BYTES) / each);
    const found = `${size}: ${SEVERAL} at once take ${several}, and an answer of more than ${limit} ends the worker.`;
    return tell.warning(
      found,
      `Ask for ${most} at most or for PNG, or set max_response_size=${2 * several}.`,
    );
  }
  const advice = `Set max_response_size=${Math.max(NOTEBOOK_RESPONSE_SIZE, 2 * bytes)} in config.properties.`;
  if (config === undefined) {
    return tell.warning(
      `${size}, more than the ${limit} that TorchServe sends by default.`,
      advice,
    );
  }
  return tell.failed(`${size}, more than its max_response_size of ${limit}.`, advice);
}

export function checkTimeouts({ fileName, config }: Deployment): DeploymentCheck {
  const tell = line("timeouts");
  const seconds = responseTimeoutOf(config, fileName) ?? DEFAULTS.responseTimeout;
  if (seconds > WRAPPER_TIMEOUT) {
    const found = `TorchServe waits ${seconds} s for a picture, but KServe asks it for ${WRAPPER_TIMEOUT} s at most.`;
    return tell.warning(found, `Set responseTimeout to ${WRAPPER_TIMEOUT} or less.`);
  }
  if (seconds <= ROUTE_TIMEOUT) {
    return tell.ok(`TorchServe waits ${seconds} s for a picture, no longer than a route does.`);
  }
  const found = `TorchServe waits ${seconds} s for a picture, but an OpenShift route ends a request after ${ROUTE_TIMEOUT} s unless told otherwise.`;
  const advice = `Set the annotation haproxy.router.openshift.io/timeout: ${seconds}s on the InferenceService.`;
  return tell.warning(found, advice);
}

/** The memory of a pod in the KServe example's ServingRuntime. */
const DOCUMENT_GIB = 2;

export function checkMemory({
  picture = USUAL_PICTURE,
  memory,
}: Deployment): readonly DeploymentCheck[] {
  if (memory === undefined) return [];
  const tell = line("memory");
  const { neededBytes, limitGib } = memory;
  const needed = `${(neededBytes / 1e9).toFixed(1)} GB`;
  const size = `A picture of ${picture.width}x${picture.height} takes Darkroom up to ${needed} without a GPU`;
  if (limitGib <= DOCUMENT_GIB) return [tell.ok(`${size}, within a limit of ${DOCUMENT_GIB}Gi.`)];
  const found = `${size} by Balanced or Fast, which a memory limit of ${DOCUMENT_GIB}Gi does not leave.`;
  const advice = `Set the memory limit to ${limitGib}Gi, and higher for TorchServe, which loads all weights; Exact needs less, since its weights stay in their files, but takes longest, and was not measured through the server within ${DOCUMENT_GIB}Gi.`;
  return [tell.warning(found, advice)];
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
