import { describe, expect, test } from "vitest";
import { refusal } from "../fakes/refusal.ts";
import { StudioUnderTest } from "./studio-under-test.ts";
import { TRANSPORTS } from "./transports.ts";

describe.each(TRANSPORTS)("the rest of the studio, $name", (transport) => {
  const studio = StudioUnderTest.over(transport);

  test("settings start with their defaults, and null resets a choice", async () => {
    const { settings } = studio.client;
    expect(await settings.get()).toMatchObject({
      theme: "system",
      device: "auto",
      model: "starter",
    });
    await settings.change({ hubEndpoint: "https://hub.example" });
    expect(await settings.change({ theme: "light" })).toMatchObject({
      theme: "light",
      hubEndpoint: "https://hub.example",
    });
    expect(await settings.change({ hubEndpoint: null })).not.toHaveProperty("hubEndpoint");
  });

  test("an invalid choice is refused by its name", async () => {
    const change = studio.client.settings.change({ device: "abacus" as "cpu" });
    await expect(change).rejects.toMatchObject({
      code: "REQUEST_INVALID",
      details: { field: "device", value: '"abacus"' },
    });
  });

  test("the form is returned as it was left", async () => {
    const form = { prompt: "a dog", steps: 30, isLocked: true, size: [64, 64], seed: null };
    await studio.client.settings.writeForm(form);
    expect(await studio.client.settings.readForm()).toEqual(form);
  });

  test("devices are probed, and the processor always works", async () => {
    const devices = await studio.client.devices.list({});
    expect(devices.at(-1)).toMatchObject({ provider: "cpu", available: true });
    expect(await studio.client.devices.list({ isFresh: false })).toEqual(devices);
  });

  test("the machine describes itself and estimates a picture's time", async () => {
    await studio.client.devices.list({});
    const machine = await studio.client.machine.get();
    expect(machine).toMatchObject({
      dataFolder: studio.folder,
      device: { provider: expect.any(String) as string },
      estimate: { basis: "estimated" },
      notices: [],
    });
    expect(machine.estimate!.seconds).toBeGreaterThan(10);
    expect(machine.memory.total).toBeGreaterThanOrEqual(machine.memory.free);
    expect(machine.memory.studio).toBeGreaterThan(10_000_000);
    expect(machine.disk.total).toBeGreaterThan(machine.disk.free);
  });

  test("returns a new address of itself", async () => {
    const [one, two] = [await studio.client.machine.open(), await studio.client.machine.open()];
    expect([one.url, two.url].every((url) => /^http:\/\/[\w.:]+\/#code=/.test(url))).toBe(true);
  });

  test("the starter is there, describes itself, and cannot be removed", async () => {
    const [starter] = await studio.client.models.list();
    expect(starter).toMatchObject({
      id: "starter",
      summary: { isStarter: true, width: 128, steps: 30 },
      fit: { verdict: "good" },
    });
    const files = await studio.client.models.files({ id: "starter" });
    expect(files.map(({ path }) => path)).toContain("model_index.json");
    await expect(studio.client.models.remove({ id: "starter" })).rejects.toThrow(
      refusal("MODEL_IN_USE"),
    );
  });

  test("secrets can be set but never read", async () => {
    const status = await studio.client.secrets.status();
    expect(status).toEqual([
      {
        name: "hub-token",
        isSet: false,
        isFromEnvironment: false,
        vault: expect.any(String) as string,
      },
    ]);
  });
});
