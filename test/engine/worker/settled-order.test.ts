import { expect, test } from "vitest";
import { settled } from "../../../engine/worker/settled-order.ts";
import { order } from "../queue/orders.ts";

test("an order for this device leaves nothing open", () => {
  expect(settled(order(7))).toEqual(order(7));
});

test.each(["steps", "guidanceScale", "seed", "scheduler"])("one without %s is no order", (name) => {
  expect(() => settled({ ...order(7), [name]: undefined })).toThrow("leaves something open");
});
