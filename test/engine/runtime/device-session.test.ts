import { expect, onTestFinished, test } from "vitest";
import { encodeModel } from "../../../engine/graph/onnx.ts";
import { DeviceSession, type SessionPlan } from "../../../engine/runtime/device-session.ts";
import type { Request } from "../../../engine/runtime/messages.ts";
import { Supervisor } from "../../../engine/runtime/supervisor.ts";
import { refusal } from "../../fakes/refusal.ts";

const OPTIONS = { provider: "cpu", weights: "prepacked" } as const;
const DAMAGED = Uint8Array.of(1, 2, 3);
/** The requests that close a session: its graphs, then what was kept for the last layer. */
const CLOSED = ["close 1", "close 0", "close 2", "close 3", "close 4"];
const one = (data: number) => ({ shape: [1], data: Float32Array.of(data) });

/** A graph that adds its two inputs, or adds one to itself. */
function sum(first: string, second: string, ...outputs: readonly string[]): Uint8Array {
  const port = (name: string) => ({ name, type: "float32", shape: [1] }) as const;
  return encodeModel({
    inputs: [...new Set([first, second])].map(port),
    outputs: outputs.map(port),
    nodes: outputs.map((output) => ({
      name: output,
      operator: "Add",
      inputs: [first, second],
      outputs: [output],
      attributes: {},
    })),
    initializers: [],
  });
}

/** A session over a real process, and the requests sent to it, with the number of the session each concerns. */
function sessionOf(step: Uint8Array, once: Uint8Array = sum("text", "text", "double")) {
  const supervisor = new Supervisor();
  onTestFinished(() => supervisor.close());
  const asked: string[] = [];
  const ids: number[] = [];
  const request = supervisor.request.bind(supervisor);
  supervisor.request = (one: Request, ...rest) => {
    if (!ids.includes(one.session)) ids.push(one.session);
    asked.push(`${one.kind} ${ids.indexOf(one.session)}`);
    return request(one, ...rest);
  };
  const plan: SessionPlan = {
    step,
    once: { graph: once, input: "text", outputs: ["double"] },
    last: { graph: sum("double", "x+double", "y"), deep: "x+double", inputs: [] },
    options: OPTIONS,
  };
  return { session: new DeviceSession(supervisor, "UNet", () => plan), supervisor, asked };
}

test("what depends on one input alone is computed when that input changes", async () => {
  const { session, asked } = sessionOf(sum("x", "double", "y", "x+double"));
  const text = one(3);
  const outputs = [
    await session.run({ x: one(1), text }),
    await session.run({ x: one(2), text }),
    await session.run({ x: one(2), text: one(4) }),
  ];
  expect(outputs.map(({ y }) => y?.data[0])).toEqual([7, 8, 10]);
  expect(asked).toEqual([
    "open 0",
    "open 1",
    "open 2",
    "run 0",
    "run 1",
    "run 1",
    "run 0",
    "run 1",
  ]);
});

test("the last layer is run only on what the same run kept", async () => {
  const { session, asked } = sessionOf(sum("x", "double", "y", "x+double"));
  const text = one(3);
  const [run, other] = [{}, {}];
  const results: (number | undefined)[] = [];
  for (const [x, of, isReused] of [
    [1, run, true],
    [2, run, true],
    [2, other, true],
    [3, other, false],
    [4, other, true],
  ] as const) {
    const { y } = await session.run({ x: one(x), text }, undefined, { of, row: 0, isReused });
    results.push(y?.data[0]);
  }
  // 6 is the text's; on reuse, it is added again to the kept result.
  expect(results).toEqual([7, 7 + 6, 8, 9, 9 + 6]);
  expect(asked.filter((line) => line.startsWith("run"))).toEqual([
    "run 0",
    "run 1",
    "run 2",
    "run 1",
    "run 1",
    "run 2",
  ]);
});

test("of a run's two predictions each reuses its own results", async () => {
  const { session } = sessionOf(sum("x", "double", "y", "x+double"));
  const of = {};
  const results: (number | undefined)[] = [];
  for (const isReused of [false, true]) {
    for (const row of [0, 1] as const) {
      const reuse = { of, row, isReused };
      const { y } = await session.run({ x: one(10 * row), text: one(3) }, undefined, reuse);
      results.push(y?.data[0]);
    }
  }
  expect(results).toEqual([6, 16, 6 + 6, 16 + 6]);
});

test("a session that was opened halfway is released, and may be opened again", async () => {
  const { session, asked } = sessionOf(DAMAGED);
  for (const _ of [1, 2]) {
    const run = session.run({ x: one(1), text: one(3) });
    await expect(run).rejects.toEqual(refusal("INFERENCE_FAILED"));
  }
  const once = ["open 0", "open 1", ...CLOSED];
  expect(asked).toEqual([...once, ...once]);
});

test("a session cancelled while it is opened is released", async () => {
  const { session, asked } = sessionOf(sum("x", "double", "y", "x+double"));
  const cancel = new AbortController();
  const run = session.run({ x: one(1), text: one(3) }, cancel.signal);
  cancel.abort(new Error("cancelled"));
  await expect(run).rejects.toThrow("cancelled");
  expect(asked).toEqual(["open 0", ...CLOSED]);
});

test("closing after the process has ended is not an error", async () => {
  const { session, supervisor } = sessionOf(sum("x", "double", "y", "x+double"));
  await session.run({ x: one(1), text: one(3) });
  const closing = session.close();
  process.kill(supervisor.pid ?? 0, "SIGKILL");
  await closing;
  expect((await session.run({ x: one(1), text: one(3) }))["y"]?.data[0]).toBe(7);
});
