import { expect, test } from "vitest";
import { STAGES } from "../../../engine/contract/progress.ts";
import { knownStage } from "../../../renderer/picture/developing/stage-words.ts";
import { stageWords } from "../../../renderer/words/en/stage.ts";

test("a stage that this page does not know is drawing", () => {
  expect(["text", "of-a-newer-host"].map((stage) => knownStage({ stage }))).toEqual([
    "text",
    "denoising",
  ]);
});

test("every stage of a picture that is drawn here has its words", () => {
  const words: Readonly<Record<string, unknown>> = stageWords.stage;
  const spoken = STAGES.map((stage) => words[stage === "denoising" ? "step" : stage]);
  expect(spoken.filter((one) => typeof one !== "string")).toEqual([]);
});
