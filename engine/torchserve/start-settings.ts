import type { ConfigProperties } from "../archive/config-properties.ts";
import { snapshotModels, type SnapshotModel } from "../archive/serving-form.ts";
import { StudioError } from "../contract/errors.ts";
import type { TlsFiles } from "../contract/server.ts";
import { PRESETS, type Preset } from "../contract/presets.ts";
import { MAX_BODY_BYTES } from "../serving/routes/read-body.ts";
import { type Environment, isMounted, type StartFlags } from "./start-flags.ts";
import { notesOn } from "./start-notes.ts";

/** An address of config.properties. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  /** The certificate's files, for https or enable_grpc_ssl; null without encryption. */
  readonly tls: TlsFiles | null;
}

/** How many times a model is tried if it cannot be loaded, and the pause in between, as in KServe's wrapper. */
export interface LoadTries {
  readonly tries: number;
  readonly delaySeconds: number;
}

/** All settings of a start, with defaults filled in. */
export interface StartSettings {
  readonly inference: ListenAddress;
  readonly management: ListenAddress;
  /** Absent if no metrics are wanted. */
  readonly metrics: ListenAddress | undefined;
  readonly grpc: ListenAddress;
  readonly grpcManagement: ListenAddress;
  /** Where KServe's wrapper would listen; absent if another address uses the port: see addressesOf. */
  readonly kserve: ListenAddress | undefined;
  readonly kserveGrpc: ListenAddress | undefined;
  readonly modelStore: string | undefined;
  /** The models of model_snapshot, which take precedence over `models`. */
  readonly snapshot: readonly SnapshotModel[];
  /** `all`, `none`, or archives. */
  readonly models: readonly string[];
  readonly queueLength: number;
  readonly maxRequestBytes: number;
  readonly maxResponseBytes: number;
  readonly responseSeconds: number;
  readonly isOpen: boolean;
  readonly isModelApiOn: boolean;
  readonly tokenMinutes: number;
  readonly origins: readonly string[];
  readonly load: LoadTries;
  readonly preset: Preset;
  readonly usesGpu: boolean;
  /** Lines for the log: see notesOn. */
  readonly notes: readonly string[];
}

/** TorchServe's defaults (ConfigManager.java). */
const MESSAGE_BYTES = 6_553_500;
const SECONDS = 120;
const QUEUE = 100;
const TOKEN_MINUTES = 60;
/** A century: practically for ever, and its end can still be written as a date. */
const MAX_TOKEN_MINUTES = 100 * 365 * 24 * 60;
/** KServe's wrapper: its fixed ports, its number of tries and the seconds between them. */
const KSERVE_PORT = 8080;
const KSERVE_GRPC_PORT = 8081;
const TRIES = 10;
const DELAY_SECONDS = 30;
/** The port at which TorchServe listens behind the wrapper, in KServe's own configuration. */
const BEHIND_PORT = 8085;
/** A day. Node's timers fire at once if they are set to more than about 24 days. */
const MAX_DELAY_SECONDS = 24 * 60 * 60;

/** Combines the flags, the file and the environment. Refuses as REQUEST_INVALID a value that cannot be used. */
export function startSettings(
  flags: StartFlags,
  config: ConfigProperties,
  environment: Environment,
): StartSettings {
  const get = lookup(config, environment);
  const number = (key: string, otherwise: number): number => wholeNumber(key, get(key), otherwise);
  const truth = (key: string): boolean => get(key)?.toLowerCase() === "true";
  const requestBytes = number("max_request_size", MESSAGE_BYTES);
  const isOpen = flags.disableTokenAuth === true || truth("disable_token_authorization");
  const addresses = addressesOf(flags, environment, { get, isOpen });
  return {
    ...addresses,
    metrics: get("enable_metrics_api")?.toLowerCase() === "false" ? undefined : addresses.metrics,
    modelStore: flags.modelStore ?? get("model_store"),
    snapshot: snapshotModels(config),
    models: flags.models ?? namesIn(get("load_models")),
    queueLength: Math.max(1, number("job_queue_size", QUEUE)),
    maxRequestBytes: Math.min(MAX_BODY_BYTES, requestBytes),
    maxResponseBytes: number("max_response_size", MESSAGE_BYTES),
    responseSeconds: number("default_response_timeout", SECONDS),
    isOpen,
    isModelApiOn: flags.enableModelApi === true || truth("enable_model_api"),
    tokenMinutes: Math.min(MAX_TOKEN_MINUTES, number("token_expiration_min", TOKEN_MINUTES)),
    origins: namesIn(get("cors_allowed_origin")),
    load: loadTries(environment),
    preset: presetIn(environment),
    usesGpu: get("number_of_gpu") !== "0",
    notes: notesOn(config, environment, { isOpen, requestBytes }),
  };
}

function loadTries({ MODEL_LOAD_MAX_TRY, MODEL_LOAD_DELAY }: Environment): LoadTries {
  const tries = wholeNumber("MODEL_LOAD_MAX_TRY", MODEL_LOAD_MAX_TRY, TRIES);
  const delay = wholeNumber("MODEL_LOAD_DELAY", MODEL_LOAD_DELAY, DELAY_SECONDS);
  return { tries: Math.max(1, tries), delaySeconds: Math.min(MAX_DELAY_SECONDS, delay) };
}

/**
 * All addresses. If KServe's wrapper and one of TorchServe's default addresses have the same port, then in a pod, whose
 * clients know only KServe's ports, TorchServe gets another; elsewhere clients expect TorchServe, and the wrapper has
 * no address. An address in the configuration keeps its port.
 */
function addressesOf(
  flags: StartFlags,
  environment: Environment,
  { get, isOpen }: { readonly get: Get; readonly isOpen: boolean },
) {
  const usual = {
    inference: address("inference_address", get, "http://127.0.0.1:8080"),
    management: address("management_address", get, "http://127.0.0.1:8081"),
    metrics: address("metrics_address", get, "http://127.0.0.1:8082"),
  };
  type Api = keyof typeof usual;
  const tls =
    get("enable_grpc_ssl")?.toLowerCase() === "true" ? filesFor("enable_grpc_ssl", get) : null;
  const grpcFor = (api: "inference" | "management", port: number): ListenAddress => ({
    host: get(`grpc_${api}_address`) ?? "127.0.0.1",
    port: portNumber(`grpc_${api}_port`, get(`grpc_${api}_port`), port),
    tls,
  });
  const grpc = grpcFor("inference", 7070);
  const grpcManagement = grpcFor("management", 7071);
  const isInPod = isMounted(flags, environment);
  const givesWay = (api: Api): boolean => isInPod && get(`${api}_address`) === undefined;
  const fixed = (["inference", "management", "metrics"] as const).filter((api) => !givesWay(api));
  const taken = new Set(
    [...fixed.map((api) => usual[api]), grpc, grpcManagement].map(({ port }) => port),
  );
  const host = isOpen || givesWay("inference") ? "0.0.0.0" : usual.inference.host;
  const beside = (port: number): ListenAddress | undefined => {
    if (port !== 0 && taken.has(port)) return undefined;
    taken.add(port);
    return { host, port, tls: null };
  };
  const behind = (api: Api): ListenAddress => {
    if (!givesWay(api)) return usual[api];
    let { port } = usual[api];
    while (taken.has(port)) port = Math.max(port + 1, BEHIND_PORT);
    taken.add(port);
    return { ...usual[api], port };
  };
  return {
    grpc,
    grpcManagement,
    kserve: beside(flags.kservePort ?? KSERVE_PORT),
    kserveGrpc: beside(flags.kserveGrpcPort ?? KSERVE_GRPC_PORT),
    inference: behind("inference"),
    management: behind("management"),
    metrics: behind("metrics"),
  };
}

type Get = (key: string) => string | undefined;

/** If enable_envvars_config is true, a variable such as `TS_JOB_QUEUE_SIZE` takes precedence over `job_queue_size`. */
function lookup(config: ConfigProperties, environment: Environment): Get {
  const hasVariables = config.get("enable_envvars_config")?.toLowerCase() === "true";
  return (key) => {
    const variable = hasVariables ? environment[`TS_${key.toUpperCase()}`] : undefined;
    const value = variable ?? config.get(key);
    return value === undefined || value === "" ? undefined : value;
  };
}

function address(key: string, get: Get, otherwise: string): ListenAddress {
  const value = get(key) ?? otherwise;
  const [, scheme = "", host = "", port = ""] =
    /^(https?):\/\/(\[[\da-f:.]+\]|[^:/\s]+)(?::(\d{1,5}))?\/?$/i.exec(value) ?? [];
  if (scheme === "")
    throw invalid(key, value, "it is written http://HOST:PORT or https://HOST:PORT");
  const isSecure = scheme.toLowerCase() === "https";
  const number = portNumber(key, port === "" ? undefined : port, isSecure ? 443 : 80);
  const tls = isSecure ? filesFor(key, get) : null;
  return { host: host.replace(/^\[(.*)\]$/, "$1"), port: number, tls };
}

/** The files of the certificate and its key. A Java key store is not supported. */
function filesFor(key: string, get: Get): TlsFiles {
  const [its, cert] = [get("private_key_file"), get("certificate_file")];
  if (its !== undefined && cert !== undefined) return { key: its, cert };
  const reason = "TLS needs private_key_file and certificate_file";
  throw invalid(key, get(key) ?? "", reason);
}

function portNumber(key: string, text: string | undefined, otherwise: number): number {
  const port = wholeNumber(key, text, otherwise);
  if (port <= 65_535) return port;
  throw invalid(key, String(port), "a port is at most 65535");
}

function wholeNumber(key: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (/^\d{1,12}$/.test(text.trim())) return Number(text);
  throw invalid(key, text, "it is a whole number");
}

/** The names in a list that is separated by commas, such as load_models. */
function namesIn(text: string | undefined): readonly string[] {
  return (text ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

function presetIn({ DARKROOM_PRESET: wanted }: Environment): Preset {
  if (wanted === undefined) return "exact";
  const found = PRESETS.find((preset) => preset === wanted);
  if (found !== undefined) return found;
  throw invalid("DARKROOM_PRESET", wanted, `it is one of ${PRESETS.join(", ")}`);
}

function invalid(field: string, value: string, reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field, value: value.slice(0, 100), reason });
}
