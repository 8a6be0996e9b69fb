import { expect, test } from "vitest";
import sharp from "sharp";
import { pixels } from "../../../engine/image/pixels.ts";
import { Previews } from "../../../engine/worker/previews.ts";
import { refusal } from "../../fakes/refusal.ts";

const two = pixels(2, 1, Uint8Array.of(255, 0, 0, 0, 0, 255));

test("a developing picture can be seen as a PNG", async () => {
  const previews = new Previews();
  const opened = previews.open(previews.add("generation", 3, two));
  const { data, info } = await sharp(opened.bytes).raw().toBuffer({ resolveWithObject: true });
  expect({ type: opened.type, width: info.width, data: new Uint8Array(data) }).toEqual({
    type: "image/png",
    width: 2,
    data: two.data,
  });
});

test("only the latest are kept", () => {
  const previews = new Previews();
  const ids = Array.from({ length: 30 }, (_, step) => previews.add("generation", step, two));
  expect(previews.open(ids[29]!)).toMatchObject({ type: "image/png" });
  expect(() => previews.open(ids[0]!)).toThrow(
    refusal("NOT_FOUND", { what: "preview", id: ids[0]! }),
  );
});
