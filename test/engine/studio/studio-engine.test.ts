import { expect, test, vi } from "vitest";
import { StudioEngine, type StudioEngineParts } from "../../../engine/studio/studio-engine.ts";
import { DeviceTurns } from "../../../engine/worker/device-turns.ts";

/** The engine of a store with these models, of which `model` is chosen; nothing is drawn. */
function engineOf(ids: string[], model: string) {
  const settings = { model };
  const onServed = vi.fn<() => void>();
  const parts = {
    settings: { read: () => settings },
    store: {
      list: () => Promise.resolve(ids.map((id) => ({ id, summary: { name: id } }))),
      folderOf: (id: string) => Promise.resolve(id),
    },
    drawing: { loadedModel: undefined },
    models: { look: async () => ({ identity: "files" }) },
    devices: { whyIdle: () => undefined },
    turns: new DeviceTurns(),
    onServed,
  };
  return {
    engine: new StudioEngine(parts as unknown as StudioEngineParts),
    ids,
    settings,
    onServed,
  };
}

async function stateOf(engine: StudioEngine): Promise<Record<string, string>> {
  return Object.fromEntries((await engine.models()).map(({ name, state }) => [name, state]));
}

test("an unloaded model is served again after the user chooses it again", async () => {
  const { engine, settings } = engineOf(["one", "other"], "one");
  await engine.unload("one");
  expect([engine.served, await stateOf(engine)]).toEqual([
    undefined,
    { one: "unavailable", other: "unavailable" },
  ]);
  settings.model = "other";
  expect([engine.served, await stateOf(engine)]).toEqual([
    "other",
    { one: "unavailable", other: "ready" },
  ]);
  settings.model = "one";
  expect([engine.served, await stateOf(engine)]).toEqual([
    "one",
    { one: "ready", other: "unavailable" },
  ]);
});

test("a removed model is not served until it is there again", async () => {
  const { engine, ids, onServed } = engineOf(["one", "other"], "one");
  ids.shift();
  engine.forget();
  await vi.waitFor(() => expect(onServed).toHaveBeenCalledOnce(), 20_000);
  expect([engine.served, await stateOf(engine)]).toEqual([undefined, { other: "unavailable" }]);
  ids.push("one");
  engine.forget();
  await vi.waitFor(() => expect(onServed).toHaveBeenCalledTimes(2), 20_000);
  expect(engine.served).toBe("one");
});
