import { expect, test } from "vitest";
import type { Order } from "../../../engine/contract/order.ts";
import { readModel, STARTER, type ReadModel } from "../../../engine/drawing/read-model.ts";
import { evaluationsOf, runOf } from "../../../engine/drawing/run.ts";
import { isGuided } from "../../../engine/pipeline/guidance.ts";
import { refusal } from "../../fakes/refusal.ts";

const starter = await readModel(STARTER, "float32");

/** The starter with a VAE that shrinks by 16 instead of 8. */
const coarse: ReadModel = {
  ...starter,
  snapshot: {
    ...starter.snapshot,
    vae: {
      ...starter.snapshot.vae,
      config: { ...starter.snapshot.vae.config, block_out_channels: [1, 1, 1, 1, 1] },
    },
  },
};

const ORDER: Order = {
  model: "starter",
  prompt: "a dog",
  negativePrompt: "cats",
  steps: 9,
  guidanceScale: 3,
  width: 72,
  height: 64,
  seed: "18446744073709551615",
  scheduler: "pndm",
};

test("makes a run of what a model can draw", () => {
  expect(runOf(ORDER, starter)).toMatchObject({
    prompt: "a dog",
    negativePrompt: "cats",
    guidanceScale: 3,
    width: 72,
    height: 64,
    seed: 2n ** 64n - 1n,
    from: 0,
  });
  expect(evaluationsOf(runOf(ORDER, starter))).toBe(10);
});

test("evaluations without guidance count as halves", () => {
  const order: Order = { ...ORDER, scheduler: "ddim", steps: 10, guidanceInterval: [0, 0.8] };
  expect(evaluationsOf(runOf(order, starter))).toBe(9);
  expect(evaluationsOf(runOf({ ...order, guidanceScale: 1 }, starter))).toBe(10);
  // Heun's second evaluation belongs to its step, and the last step has none.
  expect(evaluationsOf(runOf({ ...order, scheduler: "heun" }, starter))).toBe(17.5);
});

test("evaluations of the last layer alone count as a seventh", () => {
  const order: Order = { ...ORDER, scheduler: "ddim", steps: 10, cacheInterval: 3 };
  expect(evaluationsOf(runOf(order, starter))).toBeCloseTo(4 + 6 * 0.15);
});

test("with a start image it starts in the middle", () => {
  const run = runOf({ ...ORDER, scheduler: "ddim", strength: 0.5 }, starter);
  expect([run.from, evaluationsOf(run)]).toEqual([5, 4]);
});

test("refuses a size between the model's latents", () => {
  const reason = "starter draws multiples of 16 pixels";
  expect(() => runOf(ORDER, coarse)).toThrow(
    refusal("REQUEST_INVALID", { field: "width", value: 72, reason }),
  );
});

test("refuses a text with a token that has no row in the text encoder", () => {
  const { tokenizer } = starter;
  const lacking: ReadModel = {
    ...starter,
    tokenizer: {
      ...tokenizer,
      encode(text) {
        const { stranger: _, ...tokens } = tokenizer.encode(text);
        const stranger = { token: '"<extra>"', id: 770 };
        return text.includes("<extra>") ? { ...tokens, stranger } : tokens;
      },
    },
  };
  const { vocab_size: rows } = starter.snapshot.textEncoder.config;
  const negative = { ...ORDER, negativePrompt: "no <extra>" };
  expect(() => runOf({ ...ORDER, prompt: "an <extra> fish" }, lacking)).toThrow(
    refusal("REQUEST_INVALID", {
      field: "prompt",
      value: 'read with "<extra>" in it',
      reason: `that token has the id 770, but the model's text encoder has ${rows} rows`,
    }),
  );
  expect(() => runOf(negative, lacking)).toThrow("negativePrompt cannot be");
  expect(() => runOf({ ...negative, guidanceScale: 1 }, lacking)).not.toThrow();
});

test("the negative prompt is ignored if the UNet takes the guidance scale itself", () => {
  const { snapshot } = starter;
  const config = { ...snapshot.unet.config, time_cond_proj_dim: 256 };
  const model = { ...starter, snapshot: { ...snapshot, unet: { ...snapshot.unet, config } } };
  expect(runOf(ORDER, model)).toMatchObject({ guidanceScale: 3, guidanceWidth: 256 });
  expect(isGuided(runOf(ORDER, model))).toBe(false);
});

test("refuses a strength that leaves nothing to run", () => {
  expect(() => runOf({ ...ORDER, strength: 0.1 }, starter)).toThrow(
    refusal("REQUEST_INVALID", {
      field: "strength",
      value: 0.1,
      reason: "of 9 steps it leaves none to run",
    }),
  );
});

test.each(["steps", "guidanceScale", "seed"])(
  "an order for an endpoint, without its %s, is an internal error",
  (name) => {
    expect(() => runOf({ ...ORDER, [name]: undefined }, starter)).toThrow("leaves something open");
  },
);
