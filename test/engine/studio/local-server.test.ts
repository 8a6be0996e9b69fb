import { once } from "node:events";
import { createServer } from "node:net";
import { Command } from "commander";
import { expect, onTestFinished, test } from "vitest";
import { hostOptions, type ServeFlags, withServeFlags } from "../../../engine/cli/serve.ts";
import type { ServerChange } from "../../../engine/contract/server.ts";
import type { StudioEvent } from "../../../engine/contract/events.ts";
import { AdmissionQueue } from "../../../engine/serving/admission-queue.ts";
import { quietLog } from "../../../engine/serving/quiet-log.ts";
import { RequestLog } from "../../../engine/serving/request-log.ts";
import { installRoutes } from "../../../engine/serving/routes/install-routes.ts";
import { ServerFile } from "../../../engine/serving/server-file.ts";
import { LocalServer } from "../../../engine/studio/local-server.ts";
import type { ServingOptions } from "../../../engine/studio/serving-run.ts";
import { ConstantEngine } from "../../fakes/constant-engine.ts";
import { refusal } from "../../fakes/refusal.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { takenPort } from "../../fakes/taken-port.ts";

async function localServer(
  run: ServingOptions,
  settings: ServerChange = { port: 0 },
  { isPassive = false } = {},
) {
  const file = await ServerFile.open(temporaryFolder());
  await file.change(settings);
  const engine = new ConstantEngine();
  const admission = new AdmissionQueue({ engine, settings: () => file.settings() });
  const requests = new RequestLog(() => undefined);
  const told: StudioEvent[] = [];
  const events = { publish: (event: StudioEvent): void => void told.push(event) };
  const log = quietLog(() => undefined);
  const parts = { file, engine, admission, requests, installRoutes, log };
  const listening = isPassive ? undefined : parts;
  const served = () => engine.served;
  const server = new LocalServer({ file, admission, events, served, listening }, run);
  onTestFinished(() => server.close());
  return { server, file, told };
}

test("a port in use is its state, and prevents the studio from opening only if it must listen", async () => {
  const port = await takenPort();
  const { server, told } = await localServer({}, { port });
  await server.begin();
  const failed = { state: "failed", error: { code: "PORT_IN_USE", details: { port } } };
  expect(server.get()).toMatchObject(failed);
  expect(told).toMatchObject([{ type: "server-changed", server: failed }]);
  const required = await localServer({ isRequired: true }, { port });
  await expect(required.server.begin()).rejects.toThrow(refusal("PORT_IN_USE"));
  expect(await server.change({ port: 0 })).toMatchObject({ state: "running" });
  expect(server.get()).not.toHaveProperty("error");
});

test("the next free port is used if another is acceptable", async () => {
  const port = await takenPort();
  const { server } = await localServer({ tries: 20 }, { port });
  await server.begin();
  expect(Number(new URL(server.get().origin ?? "").port)).toBeGreaterThan(port);
  await server.change({ queueLength: 3 });
  await server.stop();
  expect(await server.start()).toMatchObject({ state: "running", settings: { port } });
});

test("saving the wanted port while its successor is bound moves back to it, or says why not", async () => {
  const holder = createServer();
  onTestFinished(() => void holder.close());
  holder.listen({ port: 0, host: "127.0.0.1" });
  await once(holder, "listening");
  const { port } = holder.address() as { port: number };
  const { server } = await localServer({ tries: 20 }, { port });
  await server.begin();
  const { origin } = server.get();
  await expect(server.change({ port })).rejects.toThrow(refusal("PORT_IN_USE"));
  expect(server.get()).toMatchObject({ state: "running", origin });
  holder.close();
  await once(holder, "close");
  expect((await server.change({ port })).origin).toBe(`http://127.0.0.1:${port}`);
});

test.each([
  ["it is on", {}, true, "running"],
  ["it was stopped", {}, false, "stopped"],
  ["it is off for this run", { isOff: true }, true, "stopped"],
  ["a port is named for this run", { port: 0 }, false, "running"],
] as const)("if %s, it starts like this: %j %j %s", async (_, run, isOn, state) => {
  const { server } = await localServer(run, { isOn, port: 0 });
  await server.begin();
  expect(server.get()).toMatchObject({ state, settings: { isOn } });
});

test("an address of this run is not saved until the user chooses another", async () => {
  const port = await takenPort();
  const { server, file } = await localServer({ port: 0 }, { port });
  await server.begin();
  const { origin } = server.get();
  expect(file.settings().port).toBe(port);
  expect((await server.change({ queueLength: 3 })).origin).toBe(origin);
  await expect(server.change({ port })).rejects.toThrow(refusal("PORT_IN_USE"));
  expect(server.get()).toMatchObject({ state: "running", settings: { port, queueLength: 3 } });
});

test("a preset of this run is reported and not saved until the user chooses another", async () => {
  const { server, file } = await localServer({ preset: "fast" }, { port: 0, preset: "balanced" });
  expect([server.preset, server.get().settings.preset]).toEqual(["fast", "fast"]);
  await server.change({ queueLength: 3 });
  expect([server.preset, file.settings().preset]).toEqual(["fast", "balanced"]);
  await server.change({ preset: "exact" });
  expect([server.preset, file.settings().preset]).toEqual(["exact", "exact"]);
});

test.each([
  ["--openai", "isOpenaiOn"],
  ["--a1111", "isA1111On"],
  ["--metrics", "isMetricsOpen"],
] as const)(
  "%s holds for this run; it is reported and not saved until the user chooses",
  async (flag, name) => {
    const flags = withServeFlags(new Command()).parse([flag], { from: "user" }).opts<ServeFlags>();
    const { serving } = hostOptions(flags, { takesOthers: false });
    expect(serving[name]).toBe(true);
    const { server, file } = await localServer({ [name]: true }, { port: 0 });
    expect(server.settings[name]).toBe(true);
    await server.change({ queueLength: 3 });
    expect([server.settings[name], file.settings()[name]]).toEqual([true, false]);
    await server.change({ [name]: false });
    expect(server.settings[name]).toBe(false);
  },
);

test("a command-line studio saves what is chosen, and never listens", async () => {
  const { server, file } = await localServer({}, { port: 0, isOn: false }, { isPassive: true });
  expect(await server.start()).toMatchObject({ state: "stopped", settings: { isOn: true } });
  await server.change({ host: "0.0.0.0" });
  expect(file.settings()).toMatchObject({ isOn: true, host: "0.0.0.0" });
});
