import { expect, test } from "vitest";
import { load, LoadedHost } from "./loaded-host.ts";

/** An attack, in the form that vegeta.go reads. */
interface Attack {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly header?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly requests: number;
  readonly everySeconds?: number;
}

interface Outcome {
  readonly answers: Readonly<Record<string, number>>;
  readonly errors: readonly string[];
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly connections: number;
}

async function attacked(
  host: LoadedHost,
  plan: readonly Attack[],
): Promise<Readonly<Record<string, Outcome>>> {
  return (await load("vegeta", host.origin, JSON.stringify(plan))) as Record<string, Outcome>;
}

const HEALTH = { name: "health", method: "GET", path: "/v2/health/live" };
/** Fifty health checks a second. */
const PROBES = { ...HEALTH, requests: 1, everySeconds: 0.02 };

function pictures(name: string, requests: number, parameters: object, key?: string): Attack {
  const inputs = [{ name: "prompt", shape: [1], datatype: "BYTES", data: ["a red fish"] }];
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
  return {
    name,
    method: "POST",
    path: "/v2/models/stable-diffusion/infer",
    header: { "content-type": "application/json", ...authorization },
    body: JSON.stringify({ inputs, parameters }),
    requests,
  };
}

test("health is answered while a picture is drawn", async () => {
  const host = await LoadedHost.start();
  const { health, picture } = await attacked(host, [
    pictures("picture", 1, { num_inference_steps: 60 }),
    PROBES,
  ]);
  expect(picture?.answers).toEqual({ 200: 1 });
  const { answers = {}, errors, p50Ms = 0, p99Ms = 0 } = health ?? {};
  const { 200: live = 0, ...others } = answers;
  console.info(
    `${live} health probes while a picture was drawn in ${picture?.p50Ms.toFixed(0)} ms: ` +
      `median ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`,
  );
  expect([others, errors]).toEqual([{}, []]);
  expect(live).toBeGreaterThan(10);
});

test("with 2,000 connections, a flood of 500 requests leaves every key its pictures", async () => {
  const host = await LoadedHost.start();
  const names = ["one", "two", "three", "four"];
  const keys = await Promise.all(names.map((name) => host.key(name)));
  const small = { num_inference_steps: 2, width: 64, height: 64 };
  const floods = [
    pictures("the flood", 480, small),
    ...names.map((name, i) => pictures(name, 5, small, keys[i])),
  ];
  const connections = { ...HEALTH, name: "connections", requests: 2000 };
  const plan = [connections, ...floods, PROBES];
  // Memory pages that V8 keeps after the first attack do not count as growth.
  await attacked(host, plan);
  const before = await host.metric("process_resident_memory_bytes");
  const outcomes = await attacked(host, plan);
  await host.becameFree();
  const grown = (await host.metric("process_resident_memory_bytes")) - before;

  const answers = floods.map(({ name, requests }) => {
    const {
      200: drawn = 0,
      "503 with Retry-After": refused = 0,
      ...others
    } = outcomes[name]?.answers ?? {};
    return { drawn, refused, others, lost: requests - drawn - refused };
  });
  const { answers: live, p99Ms = 0 } = outcomes["health"] ?? {};
  console.info(
    `2,000 connections, 500 requests: ${answers.map(({ drawn }) => drawn).join(", ")} drawn by key, ` +
      `the others refused; host ${(before / 1e6).toFixed(0)} MB, and ${(grown / 1e6).toFixed(0)} MB more; ` +
      `${live?.[200]} health probes, p99 ${p99Ms.toFixed(0)} ms`,
  );
  expect(outcomes["connections"]).toMatchObject({
    answers: { 200: 2000 },
    errors: [],
    connections: 2000,
  });
  for (const { drawn, others, lost } of answers) {
    expect({ others, lost }).toEqual({ others: {}, lost: 0 });
    expect(drawn).toBeGreaterThan(0);
  }
  expect(Object.keys(live ?? {})).toEqual(["200"]);
  expect(grown).toBeLessThan(128e6);
});
