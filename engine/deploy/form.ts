import { KSERVE_VERSIONS } from "../contract/archives.ts";
import {
  DEPLOY_FIELDS,
  DEPLOY_MODES,
  type DeployDraft,
  type DeployFault,
  type DeployField,
  type DeployForm,
  DEPLOY_DEFAULTS,
  DEPLOY_RUNTIMES,
  type DeployRuntime,
  RUNTIME_SCOPES,
} from "../contract/deploy.ts";
import { type Details, type RefusalCode, StudioError, toWire } from "../contract/errors.ts";
import { secretNameFor } from "./access.ts";
import { readAnnotations } from "./annotations.ts";
import {
  imageFault,
  labelFault,
  pathFault,
  readQuantity,
  readWhole,
  REQUIRED_FIELDS,
  serviceNameFault,
  subdomainFault,
} from "./values.ts";

/** A valid form, or all fields that are not. */
type CheckedForm = { readonly form: DeployForm } | { readonly faults: DeployFault[] };

/** The input of every check, and where it reports problems. */
interface Checking {
  readonly draft: DeployDraft;
  readonly refuse: (field: DeployField, code: RefusalCode, details: Details) => void;
}

/** Knative's maximum, and a reasonable maximum for a route; in seconds. */
const MOST_SECONDS = { serverless: 600, raw: 3600 } as const;
/** DNS limits a label to this many characters. */
const MAX_LABEL = 63;

/** Checks a draft field by field. `connectionName` is used for the Secret's name if none is given. */
export function checkForm(draft: DeployDraft, connectionName: string): CheckedForm {
  const faults: DeployFault[] = [];
  const checking: Checking = {
    draft,
    refuse: (field, code, details) => {
      const missing = draft[field].trim() === "" ? REQUIRED_FIELDS[field] : undefined;
      const error = toWire(
        missing ? new StudioError("DEPLOY_VALUE_MISSING", missing) : new StudioError(code, details),
      );
      if (!faults.some((fault) => fault.field === field)) faults.push({ field, error });
    },
  };
  const mode = chosen(checking, "mode", "The deployment mode", DEPLOY_MODES);
  const runtime = chosen(checking, "runtime", "The runtime", DEPLOY_RUNTIMES);
  checkNames(checking, mode);
  const form: DeployForm = {
    ...pathOf(checking),
    runtime,
    runtimeScope: scopeOf(checking, runtime),
    name: draft.name,
    namespace: draft.namespace,
    mode,
    kserve: chosen(checking, "kserve", "KServe's version", KSERVE_VERSIONS),
    connectionSecret: secretNameOf(checking, connectionName),
    writesConnection: draft.writesConnection,
    image: imageOf(checking, runtime),
    cpu: requested(checking, "cpu"),
    memory: requested(checking, "memory"),
    gpus: whole(checking, "gpus", { called: "The number of GPUs", least: 0, most: 16 }),
    ...replicasOf(checking, mode),
    timeoutSeconds: whole(checking, "timeoutSeconds", {
      called: "The route timeout",
      least: 1,
      most: MOST_SECONDS[mode],
    }),
    tokenName: tokenNameOf(checking),
    annotations: annotationsOf(checking),
  };
  return faults.length === 0
    ? { form }
    : { faults: faults.toSorted((a, b) => placeOf(a) - placeOf(b)) };
}

function placeOf({ field }: DeployFault): number {
  return DEPLOY_FIELDS.indexOf(field);
}

function chosen<Choice extends string>(
  { draft, refuse }: Checking,
  field: "mode" | "kserve" | "runtime" | "runtimeScope",
  called: string,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const found = choices.find((choice) => choice === draft[field]);
  if (found === undefined) {
    const details = { field: called, value: shown(draft[field]), reason: "it is none of these" };
    refuse(field, "DEPLOY_CHOICE_UNKNOWN", { ...details, choices: choices.join(", ") });
  }
  return found ?? choices[0];
}

function scopeOf(checking: Checking, runtime: DeployRuntime): DeployForm["runtimeScope"] {
  const called = "The runtime's scope";
  const scope = chosen(checking, "runtimeScope", called, RUNTIME_SCOPES);
  if (scope === "project" || runtime === "darkroom") return scope;
  const reason = "only Darkroom's runtime can be for the whole cluster";
  const details = { field: called, value: scope, reason, choices: "project" };
  checking.refuse("runtimeScope", "DEPLOY_CHOICE_UNKNOWN", details);
  return scope;
}

function checkNames({ draft, refuse }: Checking, mode: DeployForm["mode"]): void {
  const { name, namespace } = draft;
  const nameFault = serviceNameFault(name);
  if (nameFault !== undefined) {
    const details = { field: "The model deployment", value: shown(name), reason: nameFault };
    refuse("name", "DEPLOY_NAME_INVALID", details);
  }
  const namespaceFault = labelFault(namespace);
  if (namespaceFault !== undefined) {
    const details = { field: "The project", value: shown(namespace), reason: namespaceFault };
    refuse("namespace", "DEPLOY_NAME_INVALID", details);
  } else if (/^(kube|openshift)(-|$)/.test(namespace)) {
    refuse("namespace", "DEPLOY_NAMESPACE_RESERVED", { value: namespace });
  }
  // The host name of Knative's predictor, or of a route: a single label.
  const host = mode === "serverless" ? `${name}-predictor-${namespace}` : `${name}-${namespace}`;
  if (nameFault ?? namespaceFault ?? host.length <= MAX_LABEL) return;
  refuse("name", "DEPLOY_NAME_TOO_LONG", { host });
}

function pathOf({ draft, refuse }: Checking): Pick<DeployForm, "path" | "typedPath"> {
  const { path: typed } = draft;
  const fault = pathFault(typed);
  if (fault !== undefined) {
    refuse("path", "DEPLOY_PATH_INVALID", { value: shown(typed), reason: fault });
  }
  return { typedPath: typed, path: typed.endsWith("/") ? typed : `${typed}/` };
}

function secretNameOf({ draft, refuse }: Checking, connectionName: string): string {
  const { connectionSecret: typed } = draft;
  if (typed === "") return secretNameFor(connectionName);
  const reason = subdomainFault(typed);
  if (reason !== undefined) {
    const details = { field: "The connection's Secret", value: shown(typed), reason };
    refuse("connectionSecret", "DEPLOY_NAME_INVALID", details);
  }
  return typed;
}

function imageOf({ draft, refuse }: Checking, runtime: DeployRuntime): string {
  const isTorchServes = runtime === "darkroom" && draft.image === DEPLOY_DEFAULTS.image;
  const reason = isTorchServes
    ? "it is TorchServe's, and Darkroom's is the one that you build"
    : imageFault(draft.image);
  if (reason !== undefined)
    refuse("image", "DEPLOY_IMAGE_INVALID", { value: shown(draft.image), reason });
  return draft.image;
}

const RESOURCES = {
  cpu: { request: "cpuRequest", limit: "cpuLimit", called: "CPU", example: "4 or 500m" },
  memory: { request: "memoryRequest", limit: "memoryLimit", called: "memory", example: "8Gi" },
} as const;

function requested({ draft, refuse }: Checking, of: "cpu" | "memory"): DeployForm["cpu"] {
  const { request, limit, called, example } = RESOURCES[of];
  const valueOf = (field: typeof request | typeof limit, which: string): number | undefined => {
    const read = readQuantity(draft[field], of);
    if ("value" in read) return read.value;
    const details = { field: `The ${called} ${which}`, value: shown(draft[field]), example };
    refuse(field, "DEPLOY_QUANTITY_INVALID", { ...details, reason: read.fault });
    return undefined;
  };
  const [least, most] = [valueOf(request, "request"), valueOf(limit, "limit")];
  if (least !== undefined && most !== undefined && most < least) {
    const details = { field: `The ${called} limit`, value: draft[limit], request: draft[request] };
    refuse(limit, "DEPLOY_LIMIT_TOO_LOW", details);
  }
  return { request: draft[request], limit: draft[limit] };
}

interface Bounds {
  readonly called: string;
  readonly least: number;
  readonly most: number;
}

function whole(
  { draft, refuse }: Checking,
  field: "gpus" | "minReplicas" | "maxReplicas" | "timeoutSeconds",
  { called, ...bounds }: Bounds,
): number {
  const read = readWhole(draft[field], bounds);
  if ("value" in read) return read.value;
  const details = { field: called, value: shown(draft[field]), reason: read.fault };
  refuse(field, "DEPLOY_NUMBER_INVALID", { ...details, ...bounds });
  return bounds.least;
}

const MOST_REPLICAS = 100;

function replicasOf(checking: Checking, mode: DeployForm["mode"]) {
  // KServe's autoscaler for a plain Deployment turns 0 into 1.
  const least = mode === "raw" ? 1 : 0;
  const minReplicas = whole(checking, "minReplicas", {
    called: "The smallest number of replicas",
    least,
    most: MOST_REPLICAS,
  });
  const maxReplicas = whole(checking, "maxReplicas", {
    called: "The largest number of replicas",
    least: Math.max(1, minReplicas),
    most: MOST_REPLICAS,
  });
  return { minReplicas, maxReplicas };
}

function tokenNameOf({ draft, refuse }: Checking): string | undefined {
  if (!draft.hasToken) return undefined;
  const { tokenName } = draft;
  const reason = labelFault(tokenName);
  if (reason !== undefined) {
    const details = { field: "The token", value: shown(tokenName), reason };
    refuse("tokenName", "DEPLOY_NAME_INVALID", details);
  }
  return tokenName;
}

function annotationsOf({ draft, refuse }: Checking): DeployForm["annotations"] {
  const { annotations, fault } = readAnnotations(draft.annotations);
  if (fault !== undefined) {
    const { line, reason } = fault;
    refuse("annotations", "DEPLOY_ANNOTATION_INVALID", { value: shown(line), reason });
  }
  return annotations;
}

/** Maximum length of an input that is quoted. */
const MAX_SHOWN = 80;

/** What was entered, for a message. */
function shown(text: string): string {
  const plain = text.replaceAll(/\p{C}/gu, "?");
  if (plain.trim() === "") return "empty";
  return plain.length > MAX_SHOWN ? `${plain.slice(0, MAX_SHOWN)}…` : plain;
}
