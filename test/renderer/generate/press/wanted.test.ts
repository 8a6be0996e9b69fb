import { expect, test } from "vitest";
import { isSeed, requestFrom, wantedFrom } from "../../../../renderer/generate/press/wanted.ts";
import { useForm } from "../../../../renderer/state/form.ts";
import { STARTER } from "../../../fakes/fake-studio-rows.ts";

const form = { ...useForm.getInitialState(), prompt: "a fish" };
const initImage = { id: "i", width: 64, height: 64, address: "/pictures/init-image/i" };

test("open settings of the form are the model's defaults", () => {
  const own = { width: 128, height: 128, steps: 30, guidanceScale: 3 };
  expect(wantedFrom(form, STARTER.summary)).toEqual({ ...own, preset: "exact" });
  expect(wantedFrom({ ...form, steps: 9 }, STARTER.summary)).toEqual({ ...own, steps: 9 });
});

test("a request contains seed, scheduler and start image only if they were chosen", () => {
  const wanted = wantedFrom(form, STARTER.summary);
  const open = { ...wanted, prompt: "a fish", negativePrompt: "", count: 1, model: "starter" };
  expect(requestFrom(form, "starter", wanted)).toEqual(open);
  const chosen = { ...form, seed: "5", scheduler: "euler", initImage } as const;
  expect(requestFrom(chosen, "starter", wanted)).toEqual({
    ...open,
    seed: "5",
    scheduler: "euler",
    initImageId: "i",
    strength: 0.8,
    resizeMode: "crop",
  });
});

test("a seed has at most 64 bits, or is left out", () => {
  expect(["", "0", "18446744073709551615"].map(isSeed)).toEqual([true, true, true]);
  expect(["18446744073709551616", "-1", "1.5", "abc"].map(isSeed)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});
