import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  addLayer,
  type Layer,
  markLoaded,
  markSettled,
} from "../../../renderer/picture/developing/preview-layers.ts";

const SIGNS = { coming: "", ready: "+", rising: "^", settled: "!" } as const;

/** One step: "a" is requested, "a+" has loaded, "a!" is opaque. */
function step(layers: readonly Layer[], words: string): readonly Layer[] {
  const [address = "", sign] = words;
  if (sign === "+") return markLoaded(layers, address);
  return sign === "!" ? markSettled(layers, address) : addLayer(layers, address);
}

function play(steps: string): string {
  const layers = steps.split(" ").reduce<readonly Layer[]>(step, []);
  return layers.map(({ address, state }) => address + SIGNS[state]).join(" ");
}

test("the newest fades in over the settled one, and then remains alone", () => {
  expect(play("a a+")).toBe("a^");
  expect(play("a a+ a! b b+")).toBe("a! b^");
  expect(play("a a+ a! b b+ b!")).toBe("b!");
});

test("those that arrive while one fades in wait, and only the newest of them is next", () => {
  expect(play("a a+ a! b b+ c c+ d d+")).toBe("a! b^ d+");
  expect(play("a a+ a! b b+ c c+ d d+ b!")).toBe("b! d^");
});

test("previews that arrive faster than they load never replace what is shown", () => {
  expect(play("a a+ a! b c d e f g")).toBe("a! b g");
  expect(play("a b c d e f")).toBe("a f");
});

test("one that loads late is skipped", () => {
  expect(play("a a+ a! b c c+ b+")).toBe("a! c^");
});

test("an address is added once", () => {
  expect(play("a a+ a")).toBe("a^");
});

test("in any order, a settled one is below all others, and at most one fades in", () => {
  const word = fc.tuple(
    fc.constantFrom("a", "b", "c", "d", "e", "f"),
    fc.constantFrom("", "+", "!"),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 60 }), (words) => {
      let wasSettled = false;
      let layers: readonly Layer[] = [];
      for (const parts of words) {
        layers = step(layers, parts.join(""));
        const states = layers.map(({ state }) => state);
        wasSettled ||= states.includes("settled");
        expect(states.indexOf("settled")).toBe(wasSettled ? 0 : -1);
        expect(states.filter((state) => state === "rising").length).toBeLessThan(2);
        expect(layers.length).toBeLessThan(6);
      }
    }),
  );
});
