import type { ConfigProperties } from "../archive/config-properties.ts";
import { shown } from "../archive/refusals.ts";
import { snapshotFault, snapshotModels } from "../archive/serving-form.ts";
import { MAX_BODY_BYTES } from "../serving/routes/read-body.ts";
import type { Environment } from "./start-flags.ts";

/** Keys of config.properties that have an effect; all others are listed in a note. */
const FOLLOWED: ReadonlySet<string> = new Set([
  "inference_address",
  "management_address",
  "metrics_address",
  "grpc_inference_address",
  "grpc_inference_port",
  "grpc_management_address",
  "grpc_management_port",
  "enable_envvars_config",
  "enable_metrics_api",
  "job_queue_size",
  "max_request_size",
  "max_response_size",
  "default_response_timeout",
  "model_store",
  "load_models",
  "model_snapshot",
  "enable_model_api",
  "disable_token_authorization",
  "token_expiration_min",
  "cors_allowed_origin",
  "private_key_file",
  "certificate_file",
  "number_of_gpu",
  "enable_grpc_ssl",
]);

/**
 * All notes for the log at the start: the configuration's faults, its keys and KServe's variables that have no effect
 * here, and a warning if anyone may use the server (`isOpen`).
 */
export function notesOn(
  config: ConfigProperties,
  environment: Environment,
  { isOpen, requestBytes }: { readonly isOpen: boolean; readonly requestBytes: number },
): readonly string[] {
  const idle = [...new Set(config.settings.map(({ key }) => key))].filter(
    (key) => !FOLLOWED.has(key),
  );
  const protocol = environment["PROTOCOL_VERSION"];
  const isKnown = protocol === undefined || ["v1", "v2", "grpc-v2"].includes(protocol);
  const fault = snapshotFault(config);
  return [
    ...config.faults,
    ...(fault === undefined ? [] : [fault]),
    ...(requestBytes <= MAX_BODY_BYTES
      ? []
      : [
          `max_request_size is ${requestBytes}; requests have at most ${MAX_BODY_BYTES} bytes here.`,
        ]),
    ...(idle.length === 0 ? [] : [`Without effect here: ${listed(idle)}.`]),
    ...notesOnWorkers(config),
    ...(environment["MODEL_LOAD_TIMEOUT"] === undefined
      ? []
      : ["MODEL_LOAD_TIMEOUT has no effect here: loading a model has no time limit."]),
    ...(environment["TS_SERVICE_ENVELOPE"] === undefined
      ? []
      : ["TS_SERVICE_ENVELOPE has no effect here: requests are read by their address."]),
    ...(isKnown
      ? []
      : [`PROTOCOL_VERSION is ${shown(protocol)}; v1, v2 and gRPC are answered whatever it is.`]),
    ...(isOpen
      ? ["Token authorization is off: anyone who reaches these addresses can use this server."]
      : []),
  ];
}

/** A note if the configuration asks for batches or several workers, which have no effect. */
function notesOnWorkers(config: ConfigProperties): readonly string[] {
  const models = snapshotModels(config);
  const asked = (["batchSize", "maxWorkers"] as const)
    .map((key) => ({ key, most: Math.max(1, ...models.map((model) => model[key])) }))
    .filter(({ most }) => most > 1)
    .map(({ key, most }) => `${key}=${most}`);
  if (asked.length === 0) return [];
  return [`Without effect here: ${asked.join(" and ")}, since one picture is drawn at a time.`];
}

/** How many names one line lists. */
const LISTED = 50;

function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  return `${names.slice(0, LISTED).map(shown).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
