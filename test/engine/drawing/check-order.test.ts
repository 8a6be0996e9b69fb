import { expect, test } from "vitest";
import { checkOrder } from "../../../engine/drawing/check-order.ts";
import { completeRequest, parseRequest } from "../../../engine/drawing/order.ts";
import { readModel, STARTER, type ReadModel } from "../../../engine/drawing/read-model.ts";
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

function order(part: object) {
  return completeRequest(parseRequest({ prompt: "a dog", ...part }), starter, () => 1n);
}

test("lets through what a model can draw", () => {
  expect(() => checkOrder(order({ width: 72 }), starter, false)).not.toThrow();
  expect(() => checkOrder(order({ strength: 0.01 }), starter, false)).not.toThrow();
});

test("refuses a size between the model's latents", () => {
  const reason = "starter draws multiples of 16 pixels";
  expect(() => checkOrder(order({ width: 72, height: 64 }), coarse, false)).toThrow(
    refusal("REQUEST_INVALID", { field: "width", value: 72, reason }),
  );
});

test("refuses a text that holds a token without a row in the text encoder", () => {
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
  const negative = { negativePrompt: "no <extra>" };
  expect(() => checkOrder(order({ prompt: "an <extra> fish" }), lacking, false)).toThrow(
    refusal("REQUEST_INVALID", {
      field: "prompt",
      value: 'read with "<extra>" in it',
      reason: `that token has the id 770, but the model's text encoder has ${rows} rows`,
    }),
  );
  expect(() => checkOrder(order(negative), lacking, false)).toThrow("negativePrompt cannot be");
  const unguided = order({ ...negative, guidanceScale: 1 });
  expect(() => checkOrder(unguided, lacking, false)).not.toThrow();
});

test("refuses a strength that leaves nothing to run", () => {
  expect(() => checkOrder(order({ steps: 9, strength: 0.1 }), starter, true)).toThrow(
    refusal("REQUEST_INVALID", {
      field: "strength",
      value: 0.1,
      reason: "of 9 steps it leaves none to run",
    }),
  );
});
