import { expect, test } from "vitest";
import { RunProgress } from "../../../engine/worker/run-progress.ts";

const PACE = { text: 1, step: 2, decode: 5 };

function step(number: number) {
  const preview = async () => undefined;
  return {
    kind: "progress",
    image: 0,
    step: number,
    steps: 4,
    secondsPerStep: 3,
    preview,
  } as const;
}

test("reports every stage of a picture with its remaining time", () => {
  const progress = new RunProgress(4, PACE);
  const last = progress.step(step(4), "/preview");
  expect([
    progress.loading(),
    progress.preparing({ network: "UNet", doneBytes: 1, totalBytes: 4 }),
    progress.denoising(),
    progress.step(step(1), "/preview"),
    last,
    progress.saving(last),
  ]).toEqual([
    { stage: "loading", step: 0, steps: 4 },
    { stage: "preparing", step: 0, steps: 4, share: 0.25 },
    { stage: "denoising", step: 0, steps: 4, secondsLeft: 13 },
    {
      stage: "denoising",
      step: 1,
      steps: 4,
      secondsPerStep: 3,
      secondsLeft: 14,
      preview: "/preview",
    },
    {
      stage: "decoding",
      step: 4,
      steps: 4,
      secondsPerStep: 3,
      secondsLeft: 5,
      preview: "/preview",
    },
    { stage: "saving", step: 4, steps: 4, secondsPerStep: 3, secondsLeft: 0, preview: "/preview" },
  ]);
});

test("names the copy that is being written while a model is prepared", () => {
  const copy = { folder: "/caches/weights", sizeBytes: 800 };
  const preparation = { network: "UNet", doneBytes: 3, totalBytes: 4, copy };
  const { share, copy: told } = new RunProgress(4, undefined).preparing(preparation);
  expect({ share, told }).toEqual({ share: 0.75, told: copy });
});

test("promises nothing if nothing is known, and shows no preview if there is none", () => {
  const progress = new RunProgress(4, undefined);
  expect([
    progress.denoising(),
    progress.denoising("/noise"),
    progress.step(step(3), undefined),
  ]).toEqual([
    { stage: "denoising", step: 0, steps: 4 },
    { stage: "denoising", step: 0, steps: 4, preview: "/noise" },
    { stage: "denoising", step: 3, steps: 4, secondsPerStep: 3, secondsLeft: 3 },
  ]);
});

test("says what is done before the first step, with the remaining time once the prompt is read", () => {
  const progress = new RunProgress(4, PACE);
  const prepared = progress.preparing({ network: "UNet", doneBytes: 4, totalBytes: 4 });
  const text = progress.at("text", prepared);
  const loading = progress.at("loading", progress.denoising("/noise"));
  expect([text, progress.at("image", text), loading]).toEqual([
    { stage: "text", step: 0, steps: 4, secondsLeft: 14 },
    { stage: "image", step: 0, steps: 4, secondsLeft: 14 },
    { stage: "loading", step: 0, steps: 4, secondsLeft: 13, preview: "/noise" },
  ]);
});
