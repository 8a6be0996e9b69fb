import { expect, test } from "vitest";
import { load, LoadedHost } from "./loaded-host.ts";

/** ghz's own report. */
interface Report {
  readonly count: number;
  readonly statusCodeDistribution: Readonly<Record<string, number>>;
  readonly errorDistribution: Readonly<Record<string, number>>;
}

interface Load {
  readonly total: number;
  readonly concurrency: number;
  readonly timeout?: string;
}

async function infer(host: LoadedHost, data: object, { timeout = "300s", ...calls }: Load) {
  const connections = calls.concurrency;
  const options = { ...calls, connections, timeout, "connect-timeout": "60s", data };
  const method = "inference.GRPCInferenceService/ModelInfer";
  return (await load("ghz", host.grpc, method, JSON.stringify(options))) as Report;
}

function asked(steps: number, count = 1): object {
  return {
    model_name: "stable-diffusion",
    parameters: {
      steps: { int64_param: steps },
      count: { int64_param: count },
      width: { int64_param: 64 },
      height: { int64_param: 64 },
    },
    inputs: [
      {
        name: "prompt",
        datatype: "BYTES",
        shape: [1],
        contents: { bytes_contents: [Buffer.from("a red fish").toString("base64")] },
      },
    ],
  };
}

test("a hundred gRPC calls whose deadline passes leave the device free", async () => {
  const host = await LoadedHost.start();
  // Ten at a time, as many as may wait; if their pictures continued, they would take minutes.
  const cancelled = await infer(host, asked(1000, 60), {
    total: 100,
    concurrency: 10,
    timeout: "300ms",
  });
  expect(cancelled.statusCodeDistribution).toEqual({ DeadlineExceeded: 100 });
  await host.becameFree();
  const next = await infer(host, asked(2), { total: 1, concurrency: 1 });
  expect(next.statusCodeDistribution).toEqual({ OK: 1 });
});

test("of a flood of 500 gRPC calls each gets its picture, or a retry time", async () => {
  const host = await LoadedHost.start();
  const { statusCodeDistribution, errorDistribution } = await infer(host, asked(2), {
    total: 500,
    concurrency: 500,
  });
  await host.becameFree();
  const { OK: drawn = 0, Unavailable: refused = 0, ...others } = statusCodeDistribution;
  console.info(`500 gRPC calls at once: ${drawn} drawn, ${refused} refused`);
  expect(others).toEqual({});
  expect(drawn + refused).toBe(500);
  expect(drawn).toBeGreaterThan(0);
  const said = Object.keys(errorDistribution);
  expect(
    said.filter((error) => !/The queue is full: .* Try again in \d+ s\.$/.test(error)),
  ).toEqual([]);
});
