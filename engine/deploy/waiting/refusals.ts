import type { DeployStateName } from "../../contract/deploy-states.ts";
import { quoting, type Verdict } from "./verdict.ts";

/** A kind of message with which a cluster refuses a pod or says that it cannot start it. */
interface KnownMessage {
  readonly pattern: RegExp;
  readonly state: DeployStateName;
  readonly sentence: string | ((match: RegExpExecArray) => string);
  readonly advice: string;
}

/** Messages of conditions, events and containers; more specific ones come first. */
const MESSAGES: readonly KnownMessage[] = [
  {
    pattern: /security context constraint[^]*?runAsUser: Invalid value: (\d+)/,
    state: "security-refused",
    sentence: ([, user]) =>
      `OpenShift refuses the pod: it asks to run as user ${user}, which this project may not.`,
    advice:
      "Leave runAsUser out of the serving runtime, as Darkroom does; OpenShift then chooses a user itself.",
  },
  {
    pattern: /security context constraint|violates PodSecurity/,
    state: "security-refused",
    sentence: "OpenShift refuses the pod: it asks for rights that restricted-v2 doesn't allow.",
    advice:
      "Leave the securityContext out of the serving runtime, and build the image from the Containerfile below.",
  },
  {
    pattern: /exceeded quota: ([^,\s]+)/,
    state: "quota-exceeded",
    sentence: ([, quota]) => `The project's quota ${quota} has no room for the pod.`,
    advice: "Request fewer CPUs, less memory or fewer accelerators, or ask for a larger quota.",
  },
  {
    pattern: /(maximum|minimum) (\S+) usage per (\w+) is ([^,\s]+)/,
    state: "quota-exceeded",
    sentence: ([, bound, what, per, value]) =>
      `The project allows a ${bound} ${what} of ${value} per ${per}.`,
    advice: "Change the model server size accordingly.",
  },
  {
    pattern: /Insufficient (?:nvidia\.com\/\S*?|amd\.com\/gpu)(?=[.,\s]|$)/,
    state: "unschedulable",
    sentence: "No node of the cluster has a free GPU.",
    advice:
      "Wait until one is free, or ask the cluster's administrator. With 0 accelerators the model runs on the CPU, which takes many minutes for an image.",
  },
  {
    pattern: /Insufficient (cpu|memory|ephemeral-storage)/,
    state: "unschedulable",
    sentence: ([, what]) =>
      `No node of the cluster has enough free ${what === "cpu" ? "CPUs" : what?.replace("ephemeral-", "ephemeral ")}.`,
    advice: "Request less, or wait until something else ends.",
  },
  {
    pattern: /untolerated taint \{([^}:]+)/,
    state: "unschedulable",
    sentence: ([, taint]) => `The nodes are kept free for pods that tolerate ${taint}.`,
    advice: "Ask the cluster's administrator which toleration the nodes with GPUs want.",
  },
  {
    pattern: /nodes are available|node affinity|node\(s\) didn't match/,
    state: "unschedulable",
    sentence: "No node of the cluster can run the pod.",
    advice: "The cluster's own words say what each node lacks.",
  },
  {
    pattern:
      /(?:image|manifest|pull|registry|docker:)[^]*?(?:unauthorized|authentication required|denied|403 Forbidden)/i,
    state: "image-failed",
    sentence: "The registry does not let this project pull the serving runtime image.",
    advice: "Make the image public, or link a pull secret to the project's service account.",
  },
  {
    pattern: /toomanyrequests|rate limit/i,
    state: "image-failed",
    sentence: "The registry gives no more images for now: its limit is reached.",
    advice: "Wait, or use a pull secret of an account of your own.",
  },
  {
    pattern: /no match for platform|exec format error/,
    state: "image-failed",
    sentence: "The serving runtime image was built for another kind of processor.",
    advice: "Build it for the nodes' processors, such as with --platform linux/amd64.",
  },
  {
    pattern:
      /manifest unknown|name unknown|not found: manifest|MANIFEST_UNKNOWN|NotFound: failed to (?:pull|resolve)|: not found/,
    state: "image-failed",
    sentence: "The registry has no such image or tag.",
    advice: "Correct the serving runtime image, or push it.",
  },
  {
    pattern: /Unable to fetch image|[Ff]ailed to pull|InvalidImageName|ErrImage|ImagePull/,
    state: "image-failed",
    sentence: "The serving runtime image cannot be pulled.",
    advice: "Check the image's name, and that the cluster reaches its registry.",
  },
  {
    pattern: /(secret|configmap) "([^"]+)" not found/i,
    state: "mount-failed",
    sentence: ([, kind, name]) =>
      `The pod needs the ${/secret/i.test(kind ?? "") ? "Secret" : "ConfigMap"} ${name}, which the project does not have.`,
    advice:
      "Apply the connection's Secret; the controller makes storage-config of it within seconds.",
  },
  {
    pattern: /couldn't find key (\S+)/,
    state: "mount-failed",
    sentence: ([, key]) => `A Secret that the pod needs has no entry ${key}.`,
    advice: "Correct the connection's Secret, then redeploy.",
  },
  {
    pattern: /MountVolume|FailedMount|FailedAttachVolume|unable to attach or mount/i,
    state: "mount-failed",
    sentence: "A volume of the pod cannot be mounted.",
    advice: "The cluster's own words name the volume.",
  },
  {
    pattern:
      /no runtime found|no supporting runtime|NoSupportingRuntime|RuntimeNotRecognized|specified runtime|runtime .*(?:not found|disabled)/i,
    state: "invalid",
    sentence: "KServe finds no serving runtime for this model.",
    advice:
      "Apply the ServingRuntime of these manifests into the same project. A ClusterServingRuntime is applied by a cluster administrator.",
  },
  {
    pattern:
      /storage.*(?:missing|not found)|unable to get storage|failed to (?:find|get) .*storage-config/i,
    state: "invalid",
    sentence: "KServe does not find the connection that the deployment names.",
    advice: "Apply the connection's Secret into the same project, with the dashboard's labels.",
  },
  {
    pattern: /OOMKilled|[Ee]xit(?:ed with)? ?[Cc]ode:? ?137/,
    state: "out-of-memory",
    sentence: "The model server was ended because it used more memory than its limit.",
    advice: "Raise the memory limit.",
  },
  {
    pattern:
      /ProgressDeadlineExceeded|exceeded its progress deadline|Initial scale was never achieved/,
    state: "revision-not-ready",
    sentence: "The model was not ready in the time that the cluster allows, so it was given up.",
    advice: "Raise serving.knative.dev/progress-deadline under Annotations, then redeploy.",
  },
  {
    pattern: /CrashLoopBackOff|Container failed with/,
    state: "crash-looping",
    sentence: "The model server ends soon after each start.",
    advice: "Its last lines say why.",
  },
];

/** The meaning of a cluster's message; undefined if it is not known. */
export function refusalIn(message: string): Verdict | undefined {
  for (const { pattern, state, sentence, advice } of MESSAGES) {
    const match = pattern.exec(message);
    if (match === null) continue;
    const words = typeof sentence === "string" ? sentence : sentence(match);
    return quoting({ state, sentence: words, advice }, message);
  }
  return undefined;
}
