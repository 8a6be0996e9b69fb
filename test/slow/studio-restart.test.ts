import { describe, expect, test } from "vitest";
import { QUICK, StudioUnderTest } from "../contract/studio-under-test.ts";
import { TRANSPORTS } from "../contract/transports.ts";

const ASKED = { ...QUICK, steps: 80, seed: "12" } as const;

describe.each(TRANSPORTS)("restart, $name", (transport) => {
  const studio = StudioUnderTest.over(transport);

  async function ask(request: typeof ASKED): Promise<string> {
    return (await studio.client.generation.enqueue(request)).generationIds[0] ?? "";
  }

  async function pixelsOf(id: string): Promise<string> {
    const { imageId = "" } = await studio.until(id, "done");
    const { address } = await studio.client.gallery.get({ id: imageId });
    const text = Buffer.from(await studio.picture(address)).toString("latin1");
    // The part after the texts, which contain the date.
    return text.slice(text.indexOf("IDAT"));
  }

  test("what ran is interrupted, and tried again gives the same picture; the rest is still there", async () => {
    const whole = await ask(ASKED);
    const right = await pixelsOf(whole);
    const cut = await ask(ASKED);
    await studio.untilStep(cut, 3);
    await studio.client.queue.pause();
    const waiting = await ask(ASKED);
    await studio.close();
    await studio.open();

    const { isPaused, generations } = await studio.client.queue.get();
    const states = Object.fromEntries(generations.map(({ id, state }) => [id, state]));
    expect({ isPaused, states }).toEqual({
      isPaused: true,
      states: { [whole]: "done", [cut]: "interrupted", [waiting]: "waiting" },
    });

    await studio.client.generation.cancel({ ids: [waiting] });
    await studio.client.generation.retry({ ids: [cut] });
    await studio.client.queue.resume();
    expect(await pixelsOf(cut)).toBe(right);
    expect((await studio.client.gallery.names({})).total).toBe(2);
  });

  test("settings, form and pictures survive it, too", async () => {
    const { client } = studio;
    await client.settings.change({ theme: "dark" });
    await client.settings.writeForm({ prompt: "a dog" });
    const before = await client.gallery.names({});
    await studio.close();
    await studio.open();
    expect({
      theme: (await studio.client.settings.get()).theme,
      form: await studio.client.settings.readForm(),
      names: await studio.client.gallery.names({}),
    }).toEqual({ theme: "dark", form: { prompt: "a dog" }, names: before });
  });
});
