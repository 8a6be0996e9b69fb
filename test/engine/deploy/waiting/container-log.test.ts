import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { WatchedContainer } from "../../../../engine/contract/deploy-states.ts";
import { ContainerLog } from "../../../../engine/deploy/waiting/container-log.ts";

const linesOf = (name: string): string[] =>
  readFileSync(new URL(`../../../fixtures/deploy/${name}`, import.meta.url), "utf8").split("\n");

const serving = (...lines: readonly string[]) => new ContainerLog("kserve-container", lines);
const storage = (...lines: readonly string[]) => new ContainerLog("storage-initializer", lines);

/** The meaning that each log line is given, one line at a time. */
const meanings = (container: WatchedContainer, lines: readonly string[]) =>
  lines.flatMap((line) => new ContainerLog(container, [line]).told());

test.each(["document-starting.txt", "document-loading.txt", "document-drawing.txt"])(
  "every line of the document's is explained: %s",
  (name) => {
    const unknown = meanings("kserve-container", linesOf(name))
      .filter(({ meaning }) => meaning === undefined)
      .map(({ text }) => text)
      // What the document leaves out, and messages whose text is on another line or missing.
      .filter((text) => !/^\.\.\.$|-$/.test(text));
    expect(unknown).toEqual([]);
  },
);

test("no line of the document's is an error, and its last line is reported last", () => {
  const lines = linesOf("document-starting.txt");
  const log = serving(...lines);
  expect(log.trouble()).toBeUndefined();
  expect(log.told()).toHaveLength(12);
  expect(log.told().at(-1)).toEqual({
    container: "kserve-container",
    text: "INFO:root:Loading stable-diffusion .. 1 of 20 tries..",
    meaning: "The wrapper asks TorchServe whether the model is loaded: try 1 of 20.",
    isTrouble: false,
  });
});

// As kserve 0.13 and 0.20, botocore and TorchServe 0.12 write them.
test.each([
  ["An error occurred (InvalidAccessKeyId) when calling the ListObjects operation", /access key/],
  ["botocore.exceptions.ClientError: An error occurred (SignatureDoesNotMatch) when", /secret key/],
  ["botocore.exceptions.NoCredentialsError: Unable to locate credentials", /given no keys/],
  [
    "An error occurred (NoSuchBucket) when calling the ListObjects operation: The",
    /no such bucket/,
  ],
  ["RuntimeError: S3 resource 'no-such-bucket' not found.", /no such bucket/],
  ["RuntimeError: Failed to fetch model. No model found in nothing.", /begins with nothing/],
  ["An error occurred (403) when calling the HeadBucket operation: Forbidden", /may not list/],
  [
    "An error occurred (AccessDenied) when calling the ListObjects operation: Access",
    /may not list/,
  ],
  ["An error occurred (RequestTimeTooSkewed) when calling", /clocks/],
  ["An error occurred (PermanentRedirect) when calling the ListObjects", /another region/],
  ["botocore.exceptions.SSLError: SSL validation failed for https://minio.sd", /not trusted/],
  [
    'botocore.exceptions.EndpointConnectionError: Could not connect to the endpoint URL: "http',
    /cannot reach/,
  ],
  ["OSError: [Errno 28] No space left on device", /no room/],
  [
    "RuntimeError: Failed to download 1 files: sd2/model-store/x.mar: Connection was closed before",
    /broke off/,
  ],
])("the storage initializer's %s is explained", (line, words) => {
  const trouble = storage(
    "INFO:root:Copying contents of s3://models/sd2/ to local",
    line,
  ).trouble();
  expect(trouble?.state).toBe("storage-failed");
  expect(trouble?.sentence).toMatch(words);
});

test.each([
  [
    "ModuleNotFoundError: No module named 'ts.torch_handler.request_envelope.<no value>'",
    "model-failed",
    /TS_SERVICE_ENVELOPE/,
  ],
  ["ModuleNotFoundError: No module named 'diffusers'", "model-failed", /package diffusers/],
  ["torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate", "out-of-memory", /GPU/],
  ["PermissionError: [Errno 13] Permission denied: '/.cache'", "model-failed", /may not write/],
  [
    "RuntimeError: mat1 and mat2 must have the same dtype, but got Half and Float",
    "model-failed",
    /precisions/,
  ],
  [
    "FileNotFoundError: [Errno 2] No such file or directory: '/mnt/models/config/config.properties'",
    "model-failed",
    /no config\/config\.properties/,
  ],
  ["kserve.errors.ModelMissingError: /mnt/models/model-store", "model-failed", /no archive/],
  [
    'org.pytorch.serve.http.ServiceUnavailableException: Model "stable-diffusion" has no worker to serve inference request.',
    "queue-full",
    /full/,
  ],
  ["TooLongFrameException: Message size exceed limit: 217680", "worker-died", /max_response_size/],
  ["Backend worker did not respond in given time", "worker-died", /responseTimeout/],
  [
    "W-9000-stable-diffusion_1.0 State change WORKER_MODEL_LOADED -> WORKER_STOPPED",
    "worker-died",
    /worker of TorchServe ended/,
  ],
])("the model server's %s is explained", (line, state, words) => {
  const trouble = serving(line).trouble();
  expect(trouble).toMatchObject({ state, said: line });
  expect(trouble?.sentence).toMatch(words);
  expect(trouble?.advice).toBeDefined();
});

test("of several errors, the one closest to the cause is reported", () => {
  const log = serving(
    "W-9000 ModuleNotFoundError: No module named 'ts.torch_handler.request_envelope.<no value>'",
    "W-9000 Backend worker process died.",
    "Retry worker: 9000 in 1 seconds.",
    "INFO:root:Loading stable-diffusion .. 2 of 20 tries..",
  );
  expect(log.trouble()?.sentence).toMatch(/TS_SERVICE_ENVELOPE/);
});

test("an error is over once everything works again", () => {
  const died = "Backend worker did not respond in given time";
  const loaded = "State change WORKER_STARTED -> WORKER_MODEL_LOADED";
  expect(serving(died, loaded).trouble()).toBeUndefined();
  expect(serving(loaded, died).trouble()).toBeDefined();
});

test("a progress bar is read as a terminal shows it, and secrets are omitted", () => {
  const bar = "MODEL_LOG -   2%|▏ | 1/50 [00:02<01:51]\r MODEL_LOG -   4%|▍ | 2/50 [00:02<00:57]";
  expect(serving(bar).told()[0]?.meaning).toBe("Step 2 of 50 of an image.");
  const signed = "GET /sd2?X-Amz-Signature=abc123&x=1 Authorization: Bearer abc.def";
  expect(storage(signed).told()[0]?.text).toBe(
    "GET /sd2?X-Amz-Signature=…&x=1 Authorization: Bearer …",
  );
});
