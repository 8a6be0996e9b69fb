import type { Manifest } from "../contract/archives.ts";
import { ConfigProperties } from "./config-properties.ts";

const SNAPSHOT = "model_snapshot";

/** The choices in the notebook's file. Times in seconds, except the delay in milliseconds. */
export interface ServingForm {
  readonly name: string;
  readonly version: string;
  /** The archive's name in the model store. */
  readonly marName: string;
  readonly minWorkers: number;
  readonly maxWorkers: number;
  readonly batchSize: number;
  readonly maxBatchDelay: number;
  readonly responseTimeout: number;
  readonly jobQueueSize: number;
  /** Maximum size of a response in bytes; a larger one ends the worker. */
  readonly maxResponseSize: number;
}

/** As in the KServe example's notebook. */
export const NOTEBOOK_FORM: ServingForm = {
  name: "stable-diffusion",
  version: "1.0",
  marName: "stable-diffusion.mar",
  minWorkers: 1,
  maxWorkers: 5,
  batchSize: 1,
  maxBatchDelay: 5000,
  responseTimeout: 300,
  jobQueueSize: 10,
  maxResponseSize: 30_000_000,
};

/** The configuration that is published with a model, for the notebook's layout. */
export function publishedConfig(name: string, version: string): ConfigProperties {
  return configOf({ ...NOTEBOOK_FORM, name, version, marName: `${name}.mar` });
}

/** The notebook's config.properties, line for line, with the form's values. */
export function configOf(form: ServingForm): ConfigProperties {
  const text = `inference_address=http://0.0.0.0:8085
management_address=http://0.0.0.0:8085
metrics_address=http://0.0.0.0:8082
grpc_inference_port=7070
grpc_management_port=7071
enable_envvars_config=true
install_py_dep_per_model=true
enable_metrics_api=true
metrics_mode=prometheus
NUM_WORKERS=1
number_of_netty_threads=4
job_queue_size=${form.jobQueueSize}
max_response_size=${form.maxResponseSize}
model_store=/mnt/models/model-store
${SNAPSHOT}=${snapshotOf(form)}
`;
  return ConfigProperties.parse(new TextEncoder().encode(text));
}

/** TorchServe restores this at its start. KServe's wrapper needs it on one line. */
function snapshotOf(form: ServingForm): string {
  const { name, version, marName, minWorkers, maxWorkers, batchSize, maxBatchDelay } = form;
  const { responseTimeout } = form;
  const model = {
    defaultVersion: true,
    marName,
    minWorkers,
    maxWorkers,
    batchSize,
    maxBatchDelay,
    responseTimeout,
  };
  const models = { [name]: { [version]: model } };
  return JSON.stringify({ name: "startup.cfg", modelCount: 1, models });
}

/** The archive that a configuration should match. */
export interface DeployedArchive {
  readonly marName: string;
  readonly model: Pick<Manifest["model"], "modelName" | "modelVersion">;
}

/** Without one of these TorchServe does not start (Model.setModelState). */
const NEEDED = [
  "defaultVersion",
  "marName",
  "minWorkers",
  "maxWorkers",
  "batchSize",
  "maxBatchDelay",
];

/**
 * Differences between a configuration and an archive, as sentences. TorchServe takes the model's name from the snapshot
 * and its version from the manifest, so they must be equal for clients that use either.
 */
export function disagreements(
  config: ConfigProperties,
  archive: DeployedArchive,
): readonly string[] {
  const text = config.get(SNAPSHOT);
  if (text === undefined)
    return [`There is no ${SNAPSHOT}; TorchServe loads no model at its start.`];
  const snapshot = parsedObject(text);
  if (snapshot === undefined) return [`${SNAPSHOT} is not JSON in one line.`];
  const models = Object.keys(objectOf(snapshot["models"]));
  const count = snapshot["modelCount"];
  const counted =
    count === models.length
      ? []
      : [`modelCount is ${shownValue(count)}, and there are ${models.length} models.`];
  const mine = servedFrom(snapshot, archive.marName);
  if (mine.length === 0)
    return [...counted, `No model of ${SNAPSHOT} has the marName ${archive.marName}.`];
  return [...counted, ...mine.flatMap((one) => faultsOf(one, archive))];
}

/** The models that TorchServe loads at its start; none without a valid model_snapshot. */
export function servedModels(config: ConfigProperties): readonly ServedModel[] {
  return served(parsedObject(config.get(SNAPSHOT) ?? "") ?? {}).map(
    ({ name, version, fields }) => ({
      name,
      version,
      marName: typeof fields["marName"] === "string" ? fields["marName"] : "",
    }),
  );
}

export interface ServedModel {
  readonly name: string;
  readonly version: string;
  readonly marName: string;
}

/**
 * A model in model_snapshot, with TorchServe's defaults filled in. Times in seconds, except the delay in milliseconds.
 */
export interface SnapshotModel extends ServedModel {
  readonly isDefault: boolean;
  readonly minWorkers: number;
  readonly maxWorkers: number;
  readonly batchSize: number;
  readonly maxBatchDelay: number;
  /** Absent if the file's default_response_timeout applies. */
  readonly responseTimeout?: number;
}

/** What prevents a file's models from being loaded at all, as a sentence. */
export function snapshotFault(config: ConfigProperties): string | undefined {
  const text = config.get(SNAPSHOT);
  const isFound = text !== undefined && text !== "";
  return isFound && parsedObject(text) === undefined
    ? `${SNAPSHOT} is not JSON in one line, so it names no model.`
    : undefined;
}

/** The same as `servedModels`, with each model's settings. */
export function snapshotModels(config: ConfigProperties): readonly SnapshotModel[] {
  return served(parsedObject(config.get(SNAPSHOT) ?? "") ?? {}).map(({ name, version, fields }) => {
    const number = (key: string, otherwise: number): number => {
      const value = fields[key];
      return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : otherwise;
    };
    const responseTimeout = number("responseTimeout", 0);
    return {
      name,
      version,
      marName: typeof fields["marName"] === "string" ? fields["marName"] : "",
      isDefault: fields["defaultVersion"] === true,
      minWorkers: number("minWorkers", 1),
      maxWorkers: number("maxWorkers", 1),
      batchSize: number("batchSize", 1),
      maxBatchDelay: number("maxBatchDelay", 100),
      ...(responseTimeout > 0 && { responseTimeout }),
    };
  });
}

/** How long TorchServe waits for a response of an archive's model, in seconds; undefined if it is not set. */
export function responseTimeoutOf(
  config: ConfigProperties | undefined,
  marName: string,
): number | undefined {
  const [served] = servedFrom(parsedObject(config?.get(SNAPSHOT) ?? "") ?? {}, marName);
  const seconds = served?.fields["responseTimeout"];
  return typeof seconds === "number" ? seconds : undefined;
}

interface Served {
  readonly name: string;
  readonly version: string;
  readonly fields: Fields;
}

/** The models of a snapshot that are loaded from one archive. */
function servedFrom(snapshot: Fields, marName: string): readonly Served[] {
  return served(snapshot).filter(({ fields }) => fields["marName"] === marName);
}

function served(snapshot: Fields): readonly Served[] {
  return Object.entries(objectOf(snapshot["models"])).flatMap(([name, versions]) =>
    Object.entries(objectOf(versions)).map(([version, state]) => {
      return { name, version, fields: objectOf(state) };
    }),
  );
}

function faultsOf(
  { name, version, fields }: Served,
  { model }: DeployedArchive,
): readonly string[] {
  const missing = NEEDED.filter((key) => fields[key] === undefined || fields[key] === null);
  return [
    ...missing.map((key) => `${name} has no ${key}, and TorchServe does not start without.`),
    ...(model.modelName === name
      ? []
      : [`The model is called ${name} here and ${shownValue(model.modelName)} in the manifest.`]),
    ...((model.modelVersion ?? "1.0") === version
      ? []
      : [
          `${name} has version ${version} here and ${shownValue(model.modelVersion)} in the manifest.`,
        ]),
  ];
}

type Fields = Readonly<Record<string, unknown>>;

function parsedObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Fields {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shownValue(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value).slice(0, 100);
}
