import { expect, test } from "vitest";
import { createStudio } from "../../../renderer/connection/studio.tsx";
import { drawAt } from "../../../renderer/state/draw-at.ts";
import { useForm } from "../../../renderer/state/form.ts";
import { FakeStudio } from "../../fakes/fake-studio.ts";

test("choosing an endpoint completes the first start", async () => {
  const studio = createStudio(new FakeStudio("welcome").client());
  expect((await studio.client.settings.get()).isIntroduced).toBe(false);
  await drawAt(studio, "kt2");
  expect((await studio.client.settings.get()).isIntroduced).toBe(true);
  expect(useForm.getState().target).toBe("kt2");
});

test("the target is saved at once, whatever the page does next", async () => {
  useForm.setState(useForm.getInitialState(), true);
  const studio = createStudio(new FakeStudio("few").client());
  await studio.client.settings.writeForm({ prompt: "a boat", target: "local" });
  await drawAt(studio, "kt2");
  expect(await studio.client.settings.readForm()).toMatchObject({
    prompt: "a boat",
    target: "kt2",
  });
});
