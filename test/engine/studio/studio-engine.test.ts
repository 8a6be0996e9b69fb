import { expect, test, vi } from "vitest";
import { StudioEngine, type StudioEngineParts } from "../../../engine/studio/studio-engine.ts";
import { DeviceTurns } from "../../../engine/worker/device-turns.ts";

/** The engine of a store with these models, of which `model` is chosen; nothing is drawn. */
function doorOf(ids: string[], model: string) {
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
  return { door: new StudioEngine(parts as unknown as StudioEngineParts), ids, settings, onServed };
}

async function stateOf(door: StudioEngine): Promise<Record<string, string>> {
  return Object.fromEntries((await door.models()).map(({ name, state }) => [name, state]));
}

test("an unloaded model is served again after the user chooses it again", async () => {
  const { door, settings } = doorOf(["one", "other"], "one");
  await door.unload("one");
  expect([door.served, await stateOf(door)]).toEqual([
    undefined,
    { one: "unavailable", other: "unavailable" },
  ]);
  settings.model = "other";
  expect([door.served, await stateOf(door)]).toEqual([
    "other",
    { one: "unavailable", other: "ready" },
  ]);
  settings.model = "one";
  expect([door.served, await stateOf(door)]).toEqual([
    "one",
    { one: "ready", other: "unavailable" },
  ]);
});

test("a removed model is not served until it is there again", async () => {
  const { door, ids, onServed } = doorOf(["one", "other"], "one");
  ids.shift();
  door.forget();
  await vi.waitFor(() => expect(onServed).toHaveBeenCalledOnce());
  expect([door.served, await stateOf(door)]).toEqual([undefined, { other: "unavailable" }]);
  ids.push("one");
  door.forget();
  await vi.waitFor(() => expect(onServed).toHaveBeenCalledTimes(2));
  expect(door.served).toBe("one");
});
