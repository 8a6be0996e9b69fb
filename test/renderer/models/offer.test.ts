import { expect, test } from "vitest";
import { downloadOf } from "../../../renderer/models/offer.ts";
import { CATALOGUE, downloadOf as transferOf } from "../../fakes/fake-studio-rows.ts";

const entry = CATALOGUE.find(({ title }) => title === "Stable Diffusion 2")!;

test.each([
  ["asked for in the catalogue", transferOf("running"), true],
  ["waiting", transferOf("waiting"), true],
  ["paused", transferOf("paused"), true],
  ["asked for by its repository", { ...transferOf("running"), name: entry.sources[0]! }, true],
  ["that has failed", transferOf("failed"), false],
  ["of another model", { ...transferOf("running"), name: "Stable Diffusion 2.1" }, false],
  ["from a bucket", { ...transferOf("running"), kind: "fetch" as const }, false],
])("a card and a download %s", (_, transfer, isIts) => {
  expect(downloadOf(entry, [transfer])).toBe(isIts ? transfer : undefined);
});
