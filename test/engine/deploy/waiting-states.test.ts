import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { deployStateSchema } from "../../../engine/contract/deploy-states.ts";
import { type Observed, waitingState } from "../../../engine/deploy/waiting-states.ts";

const STARTING = readFileSync(
  new URL("../../fixtures/deploy/document-starting.txt", import.meta.url),
  "utf8",
).split("\n");
const LOADING = readFileSync(
  new URL("../../fixtures/deploy/document-loading.txt", import.meta.url),
  "utf8",
).split("\n");

const POD = "kt2-predictor-00001-deployment-7447db456d-547l6";

/** Conditions as KServe writes them in serverless mode; those not named are unknown. */
function serverless(conditions: Readonly<Record<string, string | readonly string[]>> = {}) {
  const types = [
    "IngressReady",
    "LatestDeploymentReady",
    "PredictorConfigurationReady",
    "PredictorReady",
    "PredictorRouteReady",
    "Ready",
    "RoutesReady",
  ];
  return {
    metadata: {
      name: "kt2",
      generation: 1,
      annotations: { "serving.kserve.io/deploymentMode": "Serverless" },
    },
    spec: { predictor: { minReplicas: 1, maxReplicas: 1 } },
    status: {
      observedGeneration: 1,
      conditions: types.map((type) => {
        const [status = "Unknown", reason, message] = [conditions[type] ?? "Unknown"].flat();
        return { type, status, ...(reason && { reason }), ...(message && { message }) };
      }),
    },
  };
}

/** As KServe writes them if it creates a Deployment itself. */
function raw(predictor: string, reason = "MinimumReplicasUnavailable") {
  const message = "Deployment does not have minimum availability.";
  return {
    metadata: { annotations: { "serving.kserve.io/deploymentMode": "RawDeployment" } },
    status: {
      deploymentMode: "RawDeployment",
      conditions: [
        { type: "IngressReady", status: "False", reason: "Predictor not ready" },
        { type: "PredictorReady", status: predictor, reason, message },
        { type: "Ready", status: "False", reason: "PredictorNotReady" },
      ],
    },
  };
}

interface PodParts {
  readonly storage?: unknown;
  readonly serving?: unknown;
  readonly last?: unknown;
  readonly isReady?: boolean;
  readonly restarts?: number;
  readonly scheduled?: readonly string[];
}

function podOf({ storage, serving, last, isReady, restarts = 0, scheduled = ["True"] }: PodParts) {
  const [status, reason, message] = scheduled;
  const containers = [
    { name: "kserve-container", resources: { limits: { memory: "10Gi" } } },
    { name: "queue-proxy" },
  ];
  return {
    metadata: { name: POD, creationTimestamp: "2024-10-15T18:40:00Z" },
    spec: { containers },
    status: {
      conditions: [{ type: "PodScheduled", status, reason, message }],
      ...(storage !== undefined && {
        initContainerStatuses: [
          { name: "storage-initializer", state: storage, lastState: last, restartCount: restarts },
        ],
      }),
      ...(serving !== undefined && {
        containerStatuses: [
          { name: "queue-proxy", ready: isReady, state: { running: {} } },
          {
            name: "kserve-container",
            ready: isReady,
            state: serving,
            lastState: last,
            restartCount: restarts,
          },
        ],
      }),
    },
  };
}

const event = (reason: string, message: string, name = POD, kind = "Pod") => ({
  reason,
  message,
  lastTimestamp: "2024-10-15T18:41:00Z",
  involvedObject: { kind, name },
});

const waiting = (reason: string, message = "") => ({ waiting: { reason, message } });
const ended = (exitCode: number, reason: string, message = "") => ({
  terminated: { exitCode, reason, message },
});
const DONE = ended(0, "Completed");
const IMAGE = "quay.io/jary/torchserve-kfs:0.12.0-gpu";

const stateOf = (observed: Partial<Observed>) =>
  waitingState({ service: serverless(), ...observed });
const ofPod = (parts: PodParts, rest: Partial<Observed> = {}) =>
  stateOf({ pods: [podOf(parts)], ...rest });

test("a deployment goes from applied to ready, and each of its states is reported", () => {
  const logs = { "kserve-container": STARTING };
  const running = { storage: DONE, serving: { running: {} } };
  const ready = serverless({ PredictorReady: "True", PredictorConfigurationReady: "True" });
  const all = serverless(
    Object.fromEntries(ready.status.conditions.map(({ type }) => [type, "True"])),
  );
  const pod = podOf({ ...running, isReady: true });
  const steps = [
    stateOf({ service: { metadata: {} } }),
    ofPod({
      scheduled: ["False", "Unschedulable", "0/3 nodes are available: 3 Insufficient cpu."],
    }),
    ofPod({ storage: waiting("PodInitializing"), serving: waiting("PodInitializing") }),
    ofPod({ storage: { running: {} }, serving: waiting("PodInitializing") }),
    ofPod(
      { storage: DONE, serving: waiting("PodInitializing") },
      { events: [event("Pulling", `Pulling image "${IMAGE}"`)] },
    ),
    ofPod(running),
    ofPod(running, { logs }),
    ofPod(running, { logs: { "kserve-container": [...STARTING, ...LOADING] } }),
    stateOf({ service: ready, pods: [pod] }),
    stateOf({ service: all, pods: [pod] }),
  ];
  expect(steps.map(({ state, outlook, sentence }) => [state, outlook, sentence])).toEqual([
    ["requested", "waiting", "The cluster has accepted the deployment but has not started it yet."],
    ["unschedulable", "trouble", "No node of the cluster has enough free CPUs."],
    ["starting", "waiting", "The pod has a node and is starting."],
    ["storage-copying", "waiting", "The storage initializer is copying the model from the bucket."],
    [
      "image-pulling",
      "waiting",
      `The image ${IMAGE} is being pulled. This takes minutes the first time on a node.`,
    ],
    ["model-loading", "waiting", "The model server has started and is loading the model."],
    ["model-loading", "waiting", "The model is loading: try 1 of 20."],
    ["model-loading", "waiting", "The model is loaded; the cluster has not seen it yet."],
    ["route-not-ready", "waiting", "The model server is ready; its address is being set up."],
    ["ready", "ready", "The deployment is ready: it answers requests."],
  ]);
  expect(steps[6]?.tries).toEqual({ now: 1, of: 20 });
  expect(steps[6]?.lines).toHaveLength(12);
});

const SCC =
  'pods "kt2-predictor-0" is forbidden: unable to validate against any security context constraint: [provider "anyuid": Forbidden: not usable by user or serviceaccount, provider restricted-v2: .containers[0].runAsUser: Invalid value: 1001130001: must be in the ranges: [1000760000, 1000769999]]';
const GPU =
  "0/6 nodes are available: 3 Insufficient nvidia.com/gpu, 3 node(s) had untolerated taint";

test.each([
  ["no GPU", ofPod({ scheduled: ["False", "Unschedulable", GPU] }), "unschedulable", /free GPU/],
  [
    "a taint",
    ofPod({
      scheduled: [
        "False",
        "Unschedulable",
        "0/1 nodes are available: 1 node(s) had untolerated taint {nvidia.com/gpu: true}",
      ],
    }),
    "unschedulable",
    /tolerate nvidia\.com\/gpu/,
  ],
  [
    "no GPU, told by Knative after it gave up",
    stateOf({
      service: serverless({
        PredictorConfigurationReady: [
          "False",
          "RevisionFailed",
          `Revision "kt2-predictor-00001" failed with message: ${GPU}.`,
        ],
        PredictorReady: [
          "False",
          "RevisionFailed",
          `Revision "kt2-predictor-00001" failed with message: ${GPU}.`,
        ],
      }),
    }),
    "unschedulable",
    /free GPU/,
  ],
  [
    "a quota",
    stateOf({
      events: [
        event(
          "FailedCreate",
          'Error creating: pods "kt2-predictor-0" is forbidden: exceeded quota: compute, requested: limits.memory=10Gi, used: limits.memory=60Gi, limited: limits.memory=64Gi',
          "kt2-predictor-00001-deployment-7447db456d",
          "ReplicaSet",
        ),
      ],
    }),
    "quota-exceeded",
    /quota compute/,
  ],
  [
    "a limit range",
    stateOf({
      events: [
        event(
          "FailedCreate",
          "forbidden: maximum cpu usage per Container is 4, but limit is 8",
          "x",
          "ReplicaSet",
        ),
      ],
    }),
    "quota-exceeded",
    /maximum cpu of 4 per Container/,
  ],
  [
    "restricted-v2",
    stateOf({ events: [event("FailedCreate", `Error creating: ${SCC}`, "x", "ReplicaSet")] }),
    "security-refused",
    /user 1001130001/,
  ],
  [
    "another refusal of the pod",
    stateOf({
      events: [
        event(
          "FailedCreate",
          "Error creating: admission webhook policy denied the request: no team label",
          "x",
          "ReplicaSet",
        ),
      ],
    }),
    "revision-not-ready",
    /refuses to create/,
  ],
  [
    "a Secret that is not there",
    ofPod({ storage: waiting("CreateContainerConfigError", 'secret "storage-config" not found') }),
    "mount-failed",
    /Secret storage-config/,
  ],
  [
    "a volume",
    ofPod(
      {},
      {
        events: [
          event("FailedMount", 'MountVolume.SetUp failed for volume "kserve-provision-location"'),
        ],
      },
    ),
    "mount-failed",
    /volume/,
  ],
  [
    "an image that may not be pulled",
    ofPod({
      storage: DONE,
      serving: waiting(
        "ErrImagePull",
        `reading manifest 0.12.0-gpu in ${IMAGE}: unauthorized: access to the requested resource is not authorized`,
      ),
    }),
    "image-failed",
    /does not let this project pull/,
  ],
  [
    "an image that is not there, by its event",
    ofPod(
      { storage: DONE, serving: waiting("ImagePullBackOff", `Back-off pulling image "${IMAGE}"`) },
      {
        events: [
          event("Failed", `Failed to pull image "${IMAGE}": reading manifest: manifest unknown`),
        ],
      },
    ),
    "image-failed",
    /no such image or tag/,
  ],
  [
    "an image that Knative does not find",
    stateOf({
      service: serverless({
        PredictorReady: [
          "False",
          "RevisionFailed",
          `Revision "kt2-predictor-00001" failed with message: Unable to fetch image "${IMAGE}": failed to resolve image to digest: HEAD https://quay.io: unexpected status code 401 Unauthorized.`,
        ],
      }),
    }),
    "image-failed",
    /does not let this project pull/,
  ],
  [
    "keys that the bucket refuses, while it is copied",
    ofPod(
      { storage: { running: {} }, serving: waiting("PodInitializing") },
      {
        logs: {
          "storage-initializer": [
            "An error occurred (403) when calling the HeadObject operation: Forbidden",
          ],
        },
      },
    ),
    "storage-failed",
    /may not list/,
  ],
  [
    "the same, told by the container's last words",
    ofPod({
      storage: waiting("CrashLoopBackOff", "back-off 1m20s restarting failed container"),
      last: ended(
        1,
        "Error",
        "Traceback (most recent call last):\nbotocore.exceptions.NoCredentialsError: Unable to locate credentials",
      ),
      restarts: 4,
      serving: waiting("PodInitializing"),
    }),
    "storage-failed",
    /failed, 5 times so far\. The container was given no keys/,
  ],
  [
    "a copy that failed for reasons of its own",
    ofPod({ storage: ended(1, "Error", "ValueError: what"), serving: waiting("PodInitializing") }),
    "storage-failed",
    /The copy from the bucket failed\./,
  ],
  [
    "memory",
    ofPod({
      storage: DONE,
      serving: waiting("CrashLoopBackOff"),
      last: ended(137, "OOMKilled"),
      restarts: 2,
    }),
    "out-of-memory",
    /memory limit of 10Gi/,
  ],
  [
    "memory of the GPU",
    ofPod(
      { storage: DONE, serving: { running: {} } },
      { logs: { "kserve-container": ["torch.OutOfMemoryError: CUDA out of memory. Tried"] } },
    ),
    "out-of-memory",
    /GPU/,
  ],
  [
    "a server that ends again and again",
    ofPod({
      storage: DONE,
      serving: waiting("CrashLoopBackOff"),
      last: ended(1, "Error", "PermissionError: [Errno 13] Permission denied: '/.cache'"),
      restarts: 3,
    }),
    "crash-looping",
    /exit code 1 soon after each start, 3 times so far\. The container may not write/,
  ],
  [
    "a worker that died while it loaded",
    ofPod(
      { storage: DONE, serving: { running: {} } },
      { logs: { "kserve-container": [...STARTING, "Retry worker: 9000 in 1 seconds."] } },
    ),
    "worker-died",
    /worker of TorchServe/,
  ],
  [
    "the last try",
    ofPod(
      { storage: DONE, serving: { running: {} } },
      {
        logs: {
          "kserve-container": ["Loading sd .. 20 of 20 tries..", "Sleep 45 seconds for load sd.."],
        },
      },
    ),
    "model-loading",
    /last of 20 tries/,
  ],
  [
    "no runtime",
    stateOf({
      service: {
        status: {
          modelStatus: {
            transitionStatus: "InvalidSpec",
            lastFailureInfo: {
              reason: "RuntimeNotRecognized",
              message: "Waiting for runtime to become available",
            },
          },
        },
      },
    }),
    "invalid",
    /no serving runtime/,
  ],
  [
    "a deadline that passed",
    stateOf({
      service: serverless({
        PredictorReady: ["False", "ProgressDeadlineExceeded", "Initial scale was never achieved"],
      }),
    }),
    "revision-not-ready",
    /given up/,
  ],
  [
    "a plain Deployment that is not ready",
    stateOf({ service: raw("False") }),
    "revision-not-ready",
    /not ready yet/,
  ],
  [
    "a route that is not ready",
    stateOf({
      service: serverless({
        PredictorReady: "True",
        LatestDeploymentReady: "True",
        PredictorConfigurationReady: "True",
        IngressReady: ["False", "IngressNotConfigured", "Ingress has not yet been reconciled."],
      }),
    }),
    "route-not-ready",
    /address/,
  ],
  [
    "one that is removed",
    stateOf({ service: { metadata: { deletionTimestamp: "2024-10-15T18:41:00Z" } } }),
    "removing",
    /removed/,
  ],
  [
    "one that was stopped",
    stateOf({ service: { metadata: { annotations: { "serving.kserve.io/stop": "true" } } } }),
    "scaled-to-zero",
    /stopped/,
  ],
] as const)("%s is reported", (_, told, state, words) => {
  expect(told.state).toBe(state);
  expect(told.sentence).toMatch(words);
});

const READY = {
  ...serverless({ Ready: "True" }),
  status: {
    conditions: [{ type: "Ready", status: "True" }],
    url: "https://kt2-sd-proj.apps.example.com",
  },
};

test("a ready deployment can scale to zero, have a full queue, or have lost its worker", () => {
  const pods = [podOf({ storage: DONE, serving: { running: {} }, isReady: true })];
  const resting = { ...READY, spec: { predictor: { minReplicas: 0 } } };
  const full = {
    "kserve-container": ["ServiceUnavailableException: no worker to serve inference request"],
  };
  const died = { "kserve-container": ["Backend worker did not respond in given time"] };
  const told = [
    stateOf({ service: resting }),
    stateOf({ service: READY, pods, logs: full }),
    stateOf({ service: READY, pods, logs: died }),
    stateOf({ service: READY, pods }),
  ];
  expect(told.map(({ state, outlook }) => [state, outlook])).toEqual([
    ["scaled-to-zero", "ready"],
    ["queue-full", "trouble"],
    ["worker-died", "trouble"],
    ["ready", "ready"],
  ]);
});

test("'ready' only counts for the latest generation", () => {
  const asked = {
    ...READY,
    metadata: { generation: 2 },
    status: { ...READY.status, observedGeneration: 1 },
  };
  expect(stateOf({ service: asked }).state).not.toBe("ready");
});

test("of several pods the newest counts, unless it is terminating", () => {
  const old = { ...podOf({ storage: { running: {} } }) };
  const newer = podOf({ scheduled: ["False", "Unschedulable", GPU] });
  const pods = [
    { ...newer, metadata: { name: "b", creationTimestamp: "2024-10-15T19:00:00Z" } },
    old,
  ];
  expect(stateOf({ pods }).state).toBe("unschedulable");
  const [first, ...rest] = pods;
  const leaving = { ...first, metadata: { ...first?.metadata, deletionTimestamp: "x" } };
  expect(stateOf({ pods: [leaving, ...rest] }).state).toBe("storage-copying");
});

/** All kinds of text under keys that the code reads, so that random values reach it. */
const someText = fc.oneof(
  fc.string({ maxLength: 2000 }),
  fc.constantFrom(
    "True",
    "False",
    "Ready",
    "PodScheduled",
    "kserve-container",
    "storage-initializer",
  ),
  fc.constantFrom(SCC, GPU, "CrashLoopBackOff", "OOMKilled", "FailedCreate", ...STARTING),
);
const KEYS = [
  "metadata",
  "name",
  "status",
  "conditions",
  "type",
  "reason",
  "message",
  "state",
  "waiting",
];
const MORE = [
  "terminated",
  "lastState",
  "running",
  "containerStatuses",
  "initContainerStatuses",
  "spec",
];
const anyJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.jsonValue(),
    someText,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS, ...MORE, "__proto__"), tie("value"), { maxKeys: 5 }),
  ),
})).value;

test("for any cluster data, there is a state with texts that fit a screen", () => {
  fc.assert(
    fc.property(
      fc.record({ service: anyJson, pods: anyJson, events: anyJson, logs: anyJson }),
      (observed) => {
        const told = waitingState(observed);
        expect(deployStateSchema.parse(told)).toEqual(told);
        const { sentence, advice = "", said = "", lines } = told;
        for (const text of [sentence, advice, said]) expect(text.length).toBeLessThanOrEqual(1000);
        for (const { text } of lines) expect(text.length).toBeLessThanOrEqual(300);
        expect(lines.length).toBeLessThanOrEqual(24);
        expect(/\p{C}/u.test(sentence + said)).toBe(false);
      },
    ),
    { numRuns: 500 },
  );
});

test("a huge answer is not read to its end", () => {
  const text = "x".repeat(5_000_000);
  const many = Array.from({ length: 100_000 }, () => text);
  const told = stateOf({ events: many, logs: { "kserve-container": many }, pods: many });
  expect(told.lines.every((line) => line.text.length <= 300)).toBe(true);
});
