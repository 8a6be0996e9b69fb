import { array, assert, constantFrom, oneof, property, string, uint8Array } from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigProperties } from "../../../engine/archive/config-properties.ts";
import { configOf, disagreements, NOTEBOOK_FORM } from "../../../engine/archive/serving-form.ts";

/** The KServe example's, with a line break at the end. */
const NOTEBOOK = `inference_address=http://0.0.0.0:8085
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
job_queue_size=10
max_response_size=30000000
model_store=/mnt/models/model-store
model_snapshot={"name":"startup.cfg","modelCount":1,"models":{"stable-diffusion":{"1.0":{"defaultVersion":true,"marName":"stable-diffusion.mar","minWorkers":1,"maxWorkers":5,"batchSize":1,"maxBatchDelay":5000,"responseTimeout":300}}}}
`;

const parsed = (text: string): ConfigProperties =>
  ConfigProperties.parse(Buffer.from(text, "latin1"));
const textOf = (config: ConfigProperties): string => Buffer.from(config.bytes()).toString("latin1");

test("the notebook's file is made from the form, byte for byte", () => {
  expect(textOf(configOf(NOTEBOOK_FORM))).toBe(NOTEBOOK);
});

test("every key of the notebook is explained", () => {
  const { settings, faults } = parsed(NOTEBOOK);
  expect(settings).toHaveLength(15);
  expect(settings.filter(({ meaning }) => meaning === undefined)).toEqual([]);
  expect(faults).toEqual([]);
});

test("a form's values are read back unchanged", () => {
  const form = {
    ...NOTEBOOK_FORM,
    name: "sd2",
    version: "2.1",
    marName: "sd2.mar",
    responseTimeout: 900,
  };
  const config = configOf({ ...form, maxResponseSize: 1e8, jobQueueSize: 3 });
  expect(config.get("max_response_size")).toBe("100000000");
  expect(config.get("job_queue_size")).toBe("3");
  const model = { modelName: "sd2", modelVersion: "2.1" };
  expect(disagreements(config, { marName: "sd2.mar", model })).toEqual([]);
});

/** Files as people write them, and worse. */
const anyFile = oneof(
  uint8Array({ maxLength: 400 }),
  array(
    constantFrom(
      "job_queue_size=1",
      " a = b ",
      "# note",
      "! note",
      "x",
      "=",
      "a=b=c",
      "\u00fc=\u00e4",
      "",
      "a=b\\",
      "job_queue_size = 7 ",
    ),
    { maxLength: 12 },
  ).chain((lines) =>
    constantFrom("\n", "\r\n", "\r").map((end) => Buffer.from(lines.join(end), "latin1")),
  ),
);

describe("any file", () => {
  test("comes back byte for byte", () => {
    assert(
      property(anyFile, (bytes) => {
        expect(Buffer.from(ConfigProperties.parse(bytes).bytes())).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test("accepts a new value and keeps every other line unchanged", () => {
    const value = string({
      unit: constantFrom("a", "b", "=", ":", "/", " ", "{", "}", '"', "\\"),
    }).map((text) => text.trim());
    assert(
      property(anyFile, value, (bytes, wanted) => {
        const before = ConfigProperties.parse(bytes);
        const after = before.with("job_queue_size", wanted);
        expect(after.get("job_queue_size")).toBe(wanted);
        const others = (config: ConfigProperties): unknown =>
          config.settings.filter(({ key }) => key !== "job_queue_size");
        expect(others(after)).toEqual(others(before));
        expect(ConfigProperties.parse(after.bytes()).settings).toEqual(after.settings);
        expect(after.with("job_queue_size", wanted).bytes()).toEqual(after.bytes());
      }),
    );
  });
});

test("differences between TorchServe's and KServe's readings are reported", () => {
  expect(
    parsed("a:b\nc=d\\\n  e\njob_queue_size=1\njob_queue_size=2\n# x\n! y\n\n").faults,
  ).toEqual([
    'KServe ignores "a:b": it has no =.',
    'KServe ignores "e": it has no =.',
    "c continues on the next line, which KServe does not read.",
    "job_queue_size stands here more than once; the last one counts.",
  ]);
});

const MODEL = { modelName: "stable-diffusion", modelVersion: "1.0" };
const ARCHIVE = { marName: "stable-diffusion.mar", model: MODEL };
const snapshot = (from: string, to: string): ConfigProperties => parsed(NOTEBOOK.replace(from, to));

test.each([
  ["as the notebook has it", parsed(NOTEBOOK), ARCHIVE, []],
  [
    "a manifest without a version is 1.0",
    parsed(NOTEBOOK),
    { ...ARCHIVE, model: { ...MODEL, modelVersion: undefined } },
    [],
  ],
  [
    "no snapshot",
    parsed("job_queue_size=1"),
    ARCHIVE,
    ["There is no model_snapshot; TorchServe loads no model at its start."],
  ],
  [
    "a snapshot over lines",
    snapshot('"modelCount"', '\n"modelCount"'),
    ARCHIVE,
    ["model_snapshot is not JSON in one line."],
  ],
  [
    "a list for a snapshot",
    parsed("model_snapshot=[]"),
    ARCHIVE,
    ["model_snapshot is not JSON in one line."],
  ],
  [
    "another archive",
    parsed(NOTEBOOK),
    { ...ARCHIVE, marName: "sd2.mar" },
    ["No model of model_snapshot has the marName sd2.mar."],
  ],
  [
    "another name",
    snapshot('{"stable-diffusion":', '{"sd2":'),
    ARCHIVE,
    ['The model is called sd2 here and "stable-diffusion" in the manifest.'],
  ],
  [
    "another version",
    snapshot('{"1.0":', '{"2":'),
    ARCHIVE,
    ['stable-diffusion has version 2 here and "1.0" in the manifest.'],
  ],
  [
    "a wrong count",
    snapshot('"modelCount":1', '"modelCount":2'),
    ARCHIVE,
    ["modelCount is 2, and there are 1 models."],
  ],
  [
    "no batch size",
    snapshot('"batchSize":1,', ""),
    ARCHIVE,
    ["stable-diffusion has no batchSize, and TorchServe does not start without."],
  ],
] as const)(
  "names and versions are compared with the manifest: %s",
  (_, config, archive, wanted) => {
    expect(disagreements(config, archive)).toEqual(wanted);
  },
);
