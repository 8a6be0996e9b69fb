import { expect, test } from "vitest";
import {
  addLayer,
  type Layer,
  markLoaded,
} from "../../../../renderer/generate/stage/preview-layers.ts";

const names = (layers: readonly Layer[]) =>
  layers.map(({ address, isLoaded }) => (isLoaded ? address.toUpperCase() : address)).join("");

function play(steps: string): string {
  let layers: readonly Layer[] = [];
  for (const step of steps)
    layers =
      step === step.toLowerCase() ? addLayer(layers, step) : markLoaded(layers, step.toLowerCase());
  return names(layers);
}

test("the newest loaded preview and the one it covers stay", () => {
  expect(play("aAbBcC")).toBe("BC");
});

test("previews that come faster than they load never push out what is shown", () => {
  expect(play("aAbcdefg")).toBe("Abg");
  expect(play("abcdef")).toBe("af");
});

test("one that loads late lies under a newer one", () => {
  expect(play("aAbcCB")).toBe("BC");
});

test("an address is added once", () => {
  expect(play("aAa")).toBe("A");
});
