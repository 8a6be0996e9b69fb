import { expect, onTestFinished, test } from "vitest";
import { encodeModel } from "../../../engine/graph/onnx.ts";
import { DeviceSession, type SessionPlan } from "../../../engine/runtime/device-session.ts";
import type { Request } from "../../../engine/runtime/messages.ts";
import { Supervisor } from "../../../engine/runtime/supervisor.ts";
import { refusal } from "../../fakes/refusal.ts";

const OPTIONS = { provider: "cpu", weights: "prepacked" } as const;
const DAMAGED = Uint8Array.of(1, 2, 3);
const one = (data: number) => ({ shape: [1], data: Float32Array.of(data) });

/** A graph that adds its two inputs, or one to itself. */
function sum(first: string, second: string, output: string): Uint8Array {
  const port = (name: string) => ({ name, type: "float32", shape: [1] }) as const;
  return encodeModel({
    inputs: [...new Set([first, second])].map(port),
    outputs: [port(output)],
    nodes: [
      {
        name: output,
        operator: "Add",
        inputs: [first, second],
        outputs: [output],
        attributes: {},
      },
    ],
    initializers: [],
  });
}

/** A session over a real process, and what that is asked, with the order of the session it is about. */
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
  const plan: SessionPlan = { step, once: { graph: once, input: "text" }, options: OPTIONS };
  return { session: new DeviceSession(supervisor, "UNet", () => plan), supervisor, asked };
}

test("what depends on one input alone is computed when that changes", async () => {
  const { session, asked } = sessionOf(sum("x", "double", "y"));
  const text = one(3);
  const outputs = [
    await session.run({ x: one(1), text }),
    await session.run({ x: one(2), text }),
    await session.run({ x: one(2), text: one(4) }),
  ];
  expect(outputs.map(({ y }) => y?.data[0])).toEqual([7, 8, 10]);
  expect(asked).toEqual(["open 0", "open 1", "run 0", "run 1", "run 1", "run 0", "run 1"]);
});

test("a session that was opened halfway is released, and may be opened again", async () => {
  const { session, asked } = sessionOf(DAMAGED);
  for (const _ of [1, 2]) {
    const run = session.run({ x: one(1), text: one(3) });
    await expect(run).rejects.toEqual(refusal("INFERENCE_FAILED"));
  }
  const once = ["open 0", "open 1", "close 1", "close 0"];
  expect(asked).toEqual([...once, ...once]);
});

test("a session that a cancel meets while it is opened is released", async () => {
  const { session, asked } = sessionOf(sum("x", "double", "y"));
  const cancel = new AbortController();
  const run = session.run({ x: one(1), text: one(3) }, cancel.signal);
  cancel.abort(new Error("cancelled"));
  await expect(run).rejects.toThrow("cancelled");
  expect(asked).toEqual(["open 0", "close 1", "close 0"]);
});

test("closing what a process has taken along with it is no failure", async () => {
  const { session, supervisor } = sessionOf(sum("x", "double", "y"));
  await session.run({ x: one(1), text: one(3) });
  const closing = session.close();
  process.kill(supervisor.pid ?? 0, "SIGKILL");
  await closing;
  expect((await session.run({ x: one(1), text: one(3) }))["y"]?.data[0]).toBe(7);
});
