import { expect, test } from "vitest";
import { createStudio } from "../../../renderer/connection/studio.tsx";
import { applyEvents } from "../../../renderer/state/apply-event.ts";
import { changeSettings } from "../../../renderer/state/settings.ts";
import { FakeStudio } from "../../fakes/fake-studio.ts";

/** A studio whose settings are being read again; `arrive` delivers that reply, with the settings from before. */
async function whileReading() {
  const studio = createStudio(new FakeStudio("empty").client());
  const options = studio.queries.settings.get.queryOptions();
  const before = await studio.cache.fetchQuery(options);
  const { promise, resolve } = Promise.withResolvers<typeof before>();
  const reading = studio.cache
    .fetchQuery({ ...options, queryFn: () => promise, staleTime: 0 })
    .catch(() => undefined);
  const arrive = async () => {
    resolve(before);
    await reading;
    await promise;
  };
  const shown = () => studio.cache.getQueryData(options.queryKey)?.theme;
  return { studio, before, arrive, shown };
}

test("a change is not replaced by a reply that is older than it", async () => {
  const { studio, arrive, shown } = await whileReading();
  await changeSettings(studio, { theme: "light" });
  await arrive();
  expect(shown()).toBe("light");
});

test("nor is what an event reported", async () => {
  const { studio, before, arrive, shown } = await whileReading();
  const settings = { ...before, theme: "light" as const };
  await applyEvents([{ type: "settings-changed", settings }], studio);
  await arrive();
  expect(shown()).toBe("light");
});
