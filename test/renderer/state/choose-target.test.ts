import { expect, test } from "vitest";
import { createStudio } from "../../../renderer/connection/studio.tsx";
import { chooseTarget } from "../../../renderer/state/choose-target.ts";
import { useForm } from "../../../renderer/state/form.ts";
import { FakeStudio } from "../../fakes/fake-studio.ts";

test("choosing an endpoint completes the first start", async () => {
  const studio = createStudio(new FakeStudio("welcome").client());
  expect((await studio.client.settings.get()).isIntroduced).toBe(false);
  await chooseTarget(studio, "kt2");
  expect((await studio.client.settings.get()).isIntroduced).toBe(true);
  expect(useForm.getState().target).toBe("kt2");
});

test("the target is saved at once, whatever the page does next", async () => {
  useForm.setState(useForm.getInitialState(), true);
  const studio = createStudio(new FakeStudio("few").client());
  await studio.client.settings.writeForm({ prompt: "a boat", target: "local" });
  await chooseTarget(studio, "kt2");
  expect(await studio.client.settings.readForm()).toMatchObject({
    prompt: "a boat",
    target: "kt2",
  });
});
