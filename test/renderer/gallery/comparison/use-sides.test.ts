import { expect, test } from "vitest";
import { sidesOf, targetOf } from "../../../../renderer/gallery/comparison/use-sides.ts";
import { generationOf, imageOf, orderOf } from "../../../fakes/fake-studio-rows.ts";

const left = imageOf(orderOf(0), 0);
const running = generationOf(orderOf(1), 1, { id: "new", state: "running", target: "kt2" });
const done = { ...running, state: "done", imageId: "new" } as const;
const drawn = { ...imageOf(orderOf(1), 1, "kt2"), id: "new" };

test("a generation stands beside a picture until its own picture is read", () => {
  const ids = [left.id, "new"];
  const at = (generation: typeof running, images = [left], isRead = true) =>
    sidesOf(ids, { new: generation }, images, isRead);
  expect(at(running)).toEqual([
    { id: left.id, image: left },
    { id: "new", generation: running },
  ]);
  expect(at(done, [left], false)[1]).toEqual({ id: "new", generation: done });
  expect(at(done, [left, drawn])[1]).toEqual({ id: "new", image: drawn });
});

test("what is neither in the gallery nor in the queue is nothing, and so is a picture that is gone", () => {
  expect(sidesOf([left.id, "new"], {}, [left], true)[1]).toBe(undefined);
  expect(sidesOf([left.id, "new"], { new: done }, [left], true)[1]).toBe(undefined);
});

test("a side is called by where it is drawn, or was", () => {
  expect(targetOf({ id: "new", generation: running })).toBe("kt2");
  expect(targetOf({ id: left.id, image: left })).toBe("local");
});
