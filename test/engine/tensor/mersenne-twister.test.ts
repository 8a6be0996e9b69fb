import { expect, test } from "vitest";
import { mersenneTwister } from "../../../engine/tensor/mersenne-twister.ts";

test("its 10000th number after seed 5489 is the one the C++ standard states", () => {
  const random = mersenneTwister(5489);
  for (let i = 1; i < 10_000; i++) random();
  expect(random()).toBe(4_123_659_995); // [rand.predef] of the C++ standard, mt19937
});

test("a seed is taken modulo 2^32", () => {
  expect(mersenneTwister(2 ** 32 + 7)()).toBe(mersenneTwister(7)());
});
