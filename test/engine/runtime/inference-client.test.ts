import { expect, test } from "vitest";
import { InferenceClient, refusalOf } from "../../../engine/runtime/inference-client.ts";
import { Supervisor } from "../../../engine/runtime/supervisor.ts";
import { echoingProgram } from "../../fakes/inference-programs.ts";
import { refusal } from "../../fakes/refusal.ts";
import { withoutDescriptors } from "../../fakes/without-descriptors.ts";

const CLOSE = { kind: "close", session: 1 } as const;

test.each([
  ["Failed to allocate memory for requested buffer of size 268435456", "OUT_OF_MEMORY"],
  ["Non-zero status code returned while running Conv node. std::bad_alloc", "OUT_OF_MEMORY"],
  ["CUDA failure 2: out of memory ; GPU=0", "OUT_OF_MEMORY"],
  ["Deserialize tensor conv_in.weight failed: file is too short", "INFERENCE_FAILED"],
  ["Could not find an implementation for Conv(11)", "INFERENCE_FAILED"],
])("%s is %s", (message, code) => {
  const refused = refusalOf(message, "running the UNet");
  expect([refused.code, refused.details["doing"]]).toEqual([code, "running the UNet"]);
});

test("a process that cannot be started refuses its requests, and the next one is started", async () => {
  const supervisor = new Supervisor();
  const node = process.execPath;
  process.execPath = "/no/such/node";
  try {
    for (const _ of [1, 2]) {
      const asked = supervisor.request(CLOSE, "closing the UNet");
      await expect(asked).rejects.toEqual(refusal("INFERENCE_CRASHED"));
    }
  } finally {
    process.execPath = node;
  }
  expect(await supervisor.request(CLOSE, "closing the UNet")).toEqual({});
  supervisor.close();
});

test.skipIf(process.platform === "win32")(
  "without a free file descriptor, each request is refused by name and no rejection is unhandled",
  () => {
    const refused = "INFERENCE_CRASHED: the system did not start it: EMFILE";
    expect(withoutDescriptors("process")).toEqual({
      answers: [refused, refused, "answered"],
      stderr: "",
      status: 0,
    });
  },
);

test("the process is told to use huge pages, and gets nothing else that it does not need", async () => {
  process.env["HF_TOKEN"] = "a secret";
  const client = new InferenceClient(undefined, echoingProgram().program);
  const environment: object = await client.request(CLOSE, "reading its environment");
  delete process.env["HF_TOKEN"];
  client.kill();
  expect(environment).toMatchObject({
    GLIBC_TUNABLES: "glibc.malloc.hugetlb=1",
    ORT_DISABLE_TELEMETRY: "1",
  });
  expect(environment).not.toHaveProperty("HF_TOKEN");
});

test("requests to a process that is being ended are refused, and later ones too", async () => {
  const client = new InferenceClient();
  await client.request(CLOSE, "closing the UNet");
  process.kill(client.pid ?? 0, "SIGSTOP");
  const asked = client.request(CLOSE, "closing the UNet");
  client.kill();
  await expect(asked).rejects.toThrow("SIGKILL");
  await expect(client.request(CLOSE, "closing the UNet")).rejects.toThrow("SIGKILL");
});
