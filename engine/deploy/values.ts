import { ARCHIVE_ENDING } from "../contract/archives.ts";
import { DEPLOY_DEFAULTS, type DeployField } from "../contract/deploy.ts";

/** The fields that cannot be empty: what each is called in a sentence, and an example of it. */
export const REQUIRED_FIELDS: Readonly<
  Partial<Record<DeployField, { readonly field: string; readonly example: string }>>
> = {
  name: { field: "The model deployment's name", example: "stable-diffusion" },
  namespace: { field: "The project", example: DEPLOY_DEFAULTS.namespace },
  path: { field: "The path", example: "stable-diffusion/" },
  image: { field: "The serving runtime image", example: "registry/repository:tag" },
  cpuRequest: { field: "The CPU request", example: DEPLOY_DEFAULTS.cpuRequest },
  cpuLimit: { field: "The CPU limit", example: DEPLOY_DEFAULTS.cpuLimit },
  memoryRequest: { field: "The memory request", example: DEPLOY_DEFAULTS.memoryRequest },
  memoryLimit: { field: "The memory limit", example: DEPLOY_DEFAULTS.memoryLimit },
  gpus: { field: "The number of GPUs", example: DEPLOY_DEFAULTS.gpus },
  minReplicas: { field: "The smallest number of replicas", example: DEPLOY_DEFAULTS.minReplicas },
  maxReplicas: { field: "The largest number of replicas", example: DEPLOY_DEFAULTS.maxReplicas },
  timeoutSeconds: { field: "The route timeout", example: DEPLOY_DEFAULTS.timeoutSeconds },
  tokenName: { field: "The token's name", example: DEPLOY_DEFAULTS.tokenName },
};

/** Why a value cannot be used, to complete "… cannot be …: it …"; undefined if it can. */
export type Fault = string | undefined;

/** RFC 1123's label: a letter or digit at both ends, with hyphens between. */
const LABEL = /^[a-z\d]([a-z\d-]*[a-z\d])?$/;
const MAX_LABEL = 63;
const MAX_SUBDOMAIN = 253;

function characterFault(text: string): Fault {
  if (text === "") return "it is empty";
  if (text !== text.trim()) return "it begins or ends with a space";
  if (/[A-Z]/.test(text)) return "it has capital letters";
  const [odd] = /[^a-z\d.-]/u.exec(text) ?? [];
  if (odd !== undefined) return `it holds ${odd === " " ? "a space" : JSON.stringify(odd)}`;
  return /^[-.]|[-.]$/.test(text) ? "it begins or ends with a hyphen or a dot" : undefined;
}

/** Checks a name against RFC 1123's label. */
export function labelFault(text: string, longest = MAX_LABEL): Fault {
  const fault = characterFault(text);
  if (fault !== undefined) return fault;
  if (text.includes(".")) return "it holds a dot";
  if (!LABEL.test(text)) return "it is not a name of letters, digits and hyphens";
  return text.length > longest ? `it is longer than ${longest} characters` : undefined;
}

/**
 * Checks the name of an InferenceService: it starts with a letter (KServe's IsvcNameFmt) and has at most 53 characters
 * (the dashboard).
 */
export function serviceNameFault(text: string): Fault {
  return labelFault(text, 53) ?? (/^\d/.test(text) ? "it begins with a digit" : undefined);
}

/** Checks a name against RFC 1123's subdomain: labels separated by dots. */
export function subdomainFault(text: string): Fault {
  const fault = characterFault(text);
  if (fault !== undefined) return fault;
  if (text.length > MAX_SUBDOMAIN) return `it is longer than ${MAX_SUBDOMAIN} characters`;
  const bad = text.split(".").find((part) => labelFault(part) !== undefined);
  return bad === undefined
    ? undefined
    : `${bad === "" ? "two dots stand together" : labelFault(bad)}`;
}

/** Suffixes of Kubernetes' resource.Quantity with their factors. */
const SUFFIXES: Readonly<Record<string, number>> = {
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};
const QUANTITY = /^(\d{1,12}(?:\.\d{1,9})?)([A-Za-z]*)$/;

/** A quantity's value, or why it is not a sensible amount of this resource. */
export function readQuantity(
  text: string,
  of: "cpu" | "memory",
): { readonly value: number } | { readonly fault: string } {
  if (text === "") return { fault: "it is empty" };
  const [, digits = "", suffix = ""] = QUANTITY.exec(text) ?? [];
  if (digits === "") return { fault: "it is not a number with a unit behind it" };
  const factor = Object.hasOwn(SUFFIXES, suffix) ? SUFFIXES[suffix] : undefined;
  if (factor === undefined) return { fault: `${suffix} is not a unit of Kubernetes` };
  const value = Number(digits) * factor;
  const fault =
    value === 0
      ? "it is nothing"
      : of === "cpu"
        ? cpuFault(value, suffix)
        : memoryFault(value, suffix);
  return fault === undefined ? { value } : { fault };
}

function cpuFault(value: number, suffix: string): Fault {
  if (suffix !== "" && suffix !== "m") return `${suffix} is a unit of memory`;
  if (value > 1000) return "no machine has as many processors";
  return Number.isInteger(Math.round(value * 1e9) / 1e6) ? undefined : "it is finer than 1m";
}

/** The smallest useful memory; it also catches a number without a unit, which means bytes. */
const LEAST_MEMORY = 2 ** 30;
const MOST_MEMORY = 2 ** 44;

function memoryFault(value: number, suffix: string): Fault {
  if (suffix === "m") return "m are thousandths of a byte";
  if (value < LEAST_MEMORY) return "it is less than 1Gi, and no model fits into that";
  return value > MOST_MEMORY ? "no machine has as much memory" : undefined;
}

/** A whole number within bounds, or why it is not one. */
export function readWhole(
  text: string,
  { least, most }: { readonly least: number; readonly most: number },
): { readonly value: number } | { readonly fault: string } {
  if (text === "") return { fault: "it is empty" };
  if (!/^\d{1,15}$/.test(text)) return { fault: "it is not a whole number" };
  const value = Number(text);
  if (value < least) return { fault: `it is less than ${least}` };
  return value > most ? { fault: `it is more than ${most}` } : { value };
}

/** From the distribution project's reference grammar: repository, tag and digest. */
const HOST = /^(?:[a-z\d](?:[a-z\d-]*[a-z\d])?)(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*(?::\d{1,5})?$/i;
const COMPONENT = /^[a-z\d]+(?:(?:\.|_{1,2}|-+)[a-z\d]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[a-f\d]{64}$/;

export function imageFault(text: string): Fault {
  if (text === "") return "it is empty";
  if (/\s/.test(text)) return "it holds a space";
  if (text.includes("://")) return "it begins with a scheme";
  const [named = "", ...digests] = text.split("@");
  if (digests.length > 1 || digests.some((digest) => !DIGEST.test(digest)))
    return "what follows @ is not a sha256 digest";
  const [, path = "", tag] = /^(.*?)(?::([^:/]*))?$/.exec(named) ?? [];
  return tag === undefined || TAG.test(tag) ? repositoryFault(path) : "its tag is not valid";
}

function repositoryFault(path: string): Fault {
  const [first = "", ...rest] = path.split("/");
  const hasHost = rest.length > 0 && /[.:]|^localhost$/.test(first);
  if (hasHost && !HOST.test(first)) return `${first} is not a registry`;
  const components = hasHost ? rest : [first, ...rest];
  if (components.some((part) => /[A-Z]/.test(part))) return "its repository has capital letters";
  return components.every((part) => COMPONENT.test(part))
    ? undefined
    : "its repository is not made of letters, digits, dots, hyphens and underscores";
}

/** What a path must not be, and why; the first match is reported. */
const WRONG_PATHS: readonly (readonly [RegExp, string])[] = [
  [/^\/?$/, "the bucket itself is not a folder of a model"],
  [/^.{1001}/su, "it is longer than a key may be"],
  [/^[a-z\d]+:\/\//i, "it is an address, and the bucket is in the connection"],
  [/^\//, "it begins with a slash"],
  [/\/\//, "two slashes stand together"],
  [/\p{C}/u, "it holds a character that cannot be seen"],
  [/^\s|\s\/?$/, "it begins or ends with a space"],
  [/(^|\/)\.{1,2}(\/|$)/, "it holds a part of dots alone"],
  [ARCHIVE_ENDING, "it is an archive's own key"],
  [/(^|\/)(model-store|config|config\.properties)\/?$/, "it lies within the folder to enter"],
];

/** Checks the bucket folder that a model was published to, with or without a slash at the end. */
export function pathFault(path: string): Fault {
  return WRONG_PATHS.find(([wrong]) => wrong.test(path))?.[1];
}

const ANNOTATION_NAME = /^[A-Za-z\d](?:[\w.-]{0,61}[A-Za-z\d])?$/;

/** Checks an annotation's key: a name, optionally preceded by a domain and a slash. */
export function annotationKeyFault(key: string): Fault {
  if (key === "") return "it has no key";
  const parts = key.split("/");
  if (parts.length > 2) return "its key has two slashes";
  const [name = "", prefix] = parts.toReversed();
  const prefixFault = prefix === undefined ? undefined : subdomainFault(prefix);
  if (prefixFault !== undefined)
    return `what stands before its slash is not a domain, ${prefixFault}`;
  return ANNOTATION_NAME.test(name)
    ? undefined
    : "its key is not made of at most 63 letters, digits, dots, hyphens and underscores";
}
