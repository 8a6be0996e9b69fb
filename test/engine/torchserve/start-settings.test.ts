import {
  array,
  assert,
  constantFrom,
  json,
  oneof,
  property,
  string,
  tuple,
  uint8Array,
} from "fast-check";
import { expect, test } from "vitest";
import { ConfigProperties, MAX_CONFIG_BYTES } from "../../../engine/archive/config-properties.ts";
import { configOf, NOTEBOOK_FORM } from "../../../engine/archive/serving-form.ts";
import { StudioError } from "../../../engine/contract/errors.ts";
import { startSettings } from "../../../engine/torchserve/start-settings.ts";

const parsed = (text: string): ConfigProperties => ConfigProperties.parse(Buffer.from(text));

test("the notebook's config.properties, line by line", () => {
  const settings = startSettings({ disableTokenAuth: true }, configOf(NOTEBOOK_FORM), {
    MODEL_LOAD_MAX_TRY: "20",
    MODEL_LOAD_DELAY: "45",
    PROTOCOL_VERSION: "v2",
  });
  expect(settings).toMatchObject({
    inference: { host: "0.0.0.0", port: 8085 },
    management: { host: "0.0.0.0", port: 8085 },
    metrics: { host: "0.0.0.0", port: 8082 },
    grpc: { host: "127.0.0.1", port: 7070 },
    grpcManagement: { host: "127.0.0.1", port: 7071 },
    kserve: { host: "0.0.0.0", port: 8080 },
    kserveGrpc: { host: "0.0.0.0", port: 8081 },
    modelStore: "/mnt/models/model-store",
    queueLength: 10,
    maxRequestBytes: 6_553_500,
    maxResponseBytes: 30_000_000,
    isOpen: true,
    isModelApiOn: false,
    load: { tries: 20, delaySeconds: 45 },
    snapshot: [
      {
        name: "stable-diffusion",
        version: "1.0",
        marName: "stable-diffusion.mar",
        isDefault: true,
        batchSize: 1,
        responseTimeout: 300,
      },
    ],
  });
  const [idle, ...others] = settings.notes;
  expect(idle).toContain("NUM_WORKERS");
  expect(idle).toContain("install_py_dep_per_model");
  expect(idle).not.toContain("job_queue_size");
  expect(others).toEqual([
    "Without effect here: maxWorkers=5, since one picture is drawn at a time.",
    expect.stringContaining("Token authorization is off"),
  ]);
});

test("without a file TorchServe's defaults apply, and KServe's ports give way to them", () => {
  const settings = startSettings({}, parsed(""), {});
  expect(settings).toMatchObject({
    inference: { host: "127.0.0.1", port: 8080 },
    management: { host: "127.0.0.1", port: 8081 },
    queueLength: 100,
    isOpen: false,
    load: { tries: 10, delaySeconds: 30 },
    notes: [],
  });
  expect([settings.kserve, settings.kserveGrpc]).toEqual([undefined, undefined]);
});

test("in a pod TorchServe's defaults give way to KServe's ports, which others can reach", () => {
  const flags = { disableTokenAuth: true, modelStore: "/mnt/models/model-store" };
  const kserve = { host: "0.0.0.0", port: 8080 };
  const kserveGrpc = { host: "0.0.0.0", port: 8081 };
  const nothing = {
    kserve,
    kserveGrpc,
    inference: { host: "127.0.0.1", port: 8085 },
    management: { host: "127.0.0.1", port: 8086 },
    metrics: { port: 8082 },
  };
  expect(startSettings(flags, parsed(""), {})).toMatchObject(nothing);
  const keyed = { tsConfig: "/mnt/models/config/config.properties" };
  expect(startSettings(keyed, parsed(""), {})).toMatchObject(nothing);
  const half = parsed("inference_address=http://0.0.0.0:8085\n");
  expect(startSettings(flags, half, {})).toMatchObject({
    kserve,
    kserveGrpc,
    inference: { host: "0.0.0.0", port: 8085 },
    management: { host: "127.0.0.1", port: 8086 },
  });
  // What the file names stays where it is.
  const named = parsed("inference_address=http://0.0.0.0:8080\n");
  expect(startSettings(flags, named, {})).toMatchObject({
    kserve: undefined,
    kserveGrpc,
    inference: { host: "0.0.0.0", port: 8080 },
  });
});

test("flags take precedence over the file, and variables over both if the file allows it", () => {
  const file = "job_queue_size=3\nmodel_store=/a\ndisable_token_authorization=false\n";
  const environment = { TS_JOB_QUEUE_SIZE: "7" };
  const flags = { modelStore: "/b", disableTokenAuth: true };
  const deaf = startSettings(flags, parsed(file), environment);
  expect(deaf).toMatchObject({ queueLength: 3, modelStore: "/b", isOpen: true });
  const config = parsed(`enable_envvars_config=true\n${file}`);
  expect(startSettings(flags, config, environment).queueLength).toBe(7);
});

test("https and IPv6 addresses are read; an invalid address is refused by its key", () => {
  const config = parsed(
    "inference_address=https://[::1]:8443\nprivate_key_file=k\ncertificate_file=c\n",
  );
  expect(startSettings({}, config, {})).toMatchObject({
    inference: { host: "::1", port: 8443, tls: { key: "k", cert: "c" } },
    management: { tls: null },
    grpc: { tls: null },
  });
  for (const value of [
    "unix:/tmp/socket",
    "http://x:99999",
    "localhost:8080",
    "http://",
    "https://0.0.0.0:8085",
    "ftp://a:1",
  ]) {
    const wrong = parsed(`inference_address=${value}\n`);
    expect(() => startSettings({}, wrong, {})).toThrow(
      expect.objectContaining({ code: "REQUEST_INVALID" }),
    );
  }
});

test("batches, workers and a time limit for loading are named as without effect", () => {
  const models = { sd: { "1.0": { marName: "sd.mar", maxWorkers: 5, batchSize: 4 } } };
  const config = parsed(`model_snapshot=${JSON.stringify({ models })}\n`);
  expect(startSettings({}, config, { MODEL_LOAD_TIMEOUT: "10" }).notes).toEqual([
    "Without effect here: batchSize=4 and maxWorkers=5, since one picture is drawn at a time.",
    "MODEL_LOAD_TIMEOUT has no effect here: loading a model has no time limit.",
  ]);
});

test("metrics are off if the file says so; an empty envelope is harmless", () => {
  const settings = startSettings({}, parsed("enable_metrics_api=false\n"), {
    TS_SERVICE_ENVELOPE: "<no value>",
    PROTOCOL_VERSION: "v9",
  });
  expect(settings.metrics).toBeUndefined();
  expect(settings.notes.join(" ")).toMatch(/TS_SERVICE_ENVELOPE.*PROTOCOL_VERSION is v9/);
});

test("any bytes are read, or refused with a message", () => {
  const line = tuple(
    constantFrom(
      "inference_address",
      "job_queue_size",
      "model_snapshot",
      "grpc_inference_port",
      "x",
    ),
    oneof(string(), json(), constantFrom("http://0.0.0.0:1", "9".repeat(40), "-1")),
  );
  assert(
    property(array(line), uint8Array({ maxLength: 200 }), (lines, noise) => {
      const text = lines.map(([key, value]) => `${key}=${value}\n`).join("");
      const bytes = Buffer.concat([Buffer.from(text), noise]);
      const outcome = outcomeOf(() => startSettings({}, ConfigProperties.parse(bytes), {}));
      expect(outcome === undefined || outcome instanceof StudioError).toBe(true);
    }),
  );
});

function outcomeOf(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

test("a file of a megabyte of keys is read, and the message about it stays short", () => {
  const keys = Array.from({ length: 100_000 }, (_, i) => `k${i}`);
  const text = [...keys, ...keys.slice(0, 60_000)].map((key) => `${key}=\n`).join("");
  const config = ConfigProperties.parse(Buffer.from(text.slice(0, MAX_CONFIG_BYTES)));
  const { notes } = startSettings({}, config, {});
  const words = notes.join("\n");
  expect(words).toMatch(/Without effect here: k0, .*, k49 and \d+ more\./);
  expect(words).toMatch(/k0 stands here more than once.*\n\d+ more lines are like that\./s);
  expect(words.length).toBeLessThan(5000);
});

test("times beyond the range of a date or a timer become the longest possible", () => {
  const far = "9".repeat(12);
  const settings = startSettings({}, parsed(`token_expiration_min=${far}\n`), {
    MODEL_LOAD_DELAY: far,
  });
  expect(() => new Date(Date.now() + settings.tokenMinutes * 60_000).toISOString()).not.toThrow();
  expect(settings.load.delaySeconds * 1000).toBeLessThan(2 ** 31);
});

test("an invalid model_snapshot is reported, and so is a request beyond what is accepted here", () => {
  const config = parsed("model_snapshot={bad\nmax_request_size=35000000\n");
  const settings = startSettings({}, config, {});
  expect(settings.snapshot).toEqual([]);
  expect(settings.maxRequestBytes).toBe(8 << 20);
  expect(settings.notes).toEqual([
    "model_snapshot is not JSON in one line, so it names no model.",
    "max_request_size is 35000000; requests have at most 8388608 bytes here.",
  ]);
});
