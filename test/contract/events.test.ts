import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StudioEvent } from "../../engine/contract/events.ts";
import { Listener, StudioUnderTest } from "./studio-under-test.ts";
import { TRANSPORTS } from "./transports.ts";

/** The model that the settings were changed to, if the event reports that. */
function modelOf(event: StudioEvent): string | undefined {
  return event.type === "settings-changed" ? event.settings.model : undefined;
}

describe.each(TRANSPORTS)("events, $name", (transport) => {
  const studio = StudioUnderTest.over(transport);

  function change(model: string): Promise<unknown> {
    return studio.client.settings.change({ model });
  }

  test("a new page is told to read everything, and then gets new events", async () => {
    await change("before");
    const listener = await Listener.at(studio.client);
    await change("after");
    await listener.until((event) => modelOf(event) === "after");
    listener.leave();
    expect(listener.events[0]).toEqual({ type: "reset" });
    expect(listener.events.map(modelOf)).not.toContain("before");
  });

  test("a page that reconnects gets the events it missed", async () => {
    const first = await Listener.at(studio.client);
    await change("seen");
    await first.until((event) => modelOf(event) === "seen");
    first.leave();
    await change("missed");
    const second = await Listener.at(studio.client, first.lastId);
    await change("new");
    await second.until((event) => modelOf(event) === "new");
    second.leave();
    expect(second.events.map(modelOf).filter((name) => name !== undefined)).toEqual([
      "missed",
      "new",
    ]);
  });

  test("a page that reconnects with a number from an earlier run reads everything again", async () => {
    const listener = await Listener.at(studio.client, "17");
    expect(await listener.until(() => true)).toEqual({ type: "reset" });
    listener.leave();
  });

  test("however often the stream breaks, a page gets every event exactly once", async () => {
    let number = 0;
    const cuts = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 5 });
    const hearsAll = fc.asyncProperty(cuts, async (counts) => {
      const first = await Listener.at(studio.client);
      first.leave();
      let lastId = first.lastId;
      const heard: string[] = [];
      const told: string[] = [];
      for (const count of counts) {
        for (let i = 0; i < count; i++) told.push(`model${++number}`);
        const during = await Listener.at(studio.client, lastId ?? "");
        for (const model of told.slice(-count || told.length)) await change(model);
        // Broken off wherever it happens to be.
        during.leave();
        lastId = during.lastId ?? lastId;
        heard.push(...during.events.map(modelOf).filter((name) => name !== undefined));
      }
      const rest = await Listener.at(studio.client, lastId ?? "");
      await change("end");
      await rest.until((event) => modelOf(event) === "end");
      rest.leave();
      heard.push(...rest.events.map(modelOf).filter((name) => name !== undefined));
      expect(heard).toEqual([...told, "end"]);
    });
    await expect(fc.assert(hearsAll, { numRuns: 8 })).resolves.toBeUndefined();
  });
});
