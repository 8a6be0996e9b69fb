import { expect, test } from "vitest";
import { cellRequests } from "../../../engine/contract/grid.ts";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import { requestSchema } from "../../../engine/contract/request.ts";
import {
  checkSentAxes,
  endpointEstimate,
  endpointOrders,
} from "../../../engine/studio/endpoint-orders.ts";
import { refusal } from "../../fakes/refusal.ts";

function endpoint(part: Partial<Endpoint>): Endpoint {
  return { name: "edge", model: "sd", profile: "prompt", ...part } as Endpoint;
}

const asked = (more: object) => requestSchema.parse({ prompt: "a dog", ...more });

test("an endpoint with the prompt only gets one order per picture with nothing else in it", () => {
  const request = asked({ count: 2, steps: 30, seed: "5", negativePrompt: "x", scheduler: "ddim" });
  const order = {
    model: "sd",
    prompt: "a dog",
    negativePrompt: "",
    width: 768,
    height: 768,
    isSizeOpen: true,
  };
  expect(endpointOrders(request, endpoint({}), "1")).toEqual([order, order]);
});

test("an endpoint with settings gets the chosen ones, and always a seed: picture i has seed + i", () => {
  const full = endpoint({ profile: "full" });
  const order = { model: "sd", prompt: "a dog", negativePrompt: "" };
  expect(endpointOrders(asked({ count: 2 }), full, String(2n ** 64n - 1n))).toEqual([
    { ...order, width: 768, height: 768, isSizeOpen: true, seed: "18446744073709551615" },
    { ...order, width: 768, height: 768, isSizeOpen: true, seed: "0" },
  ]);
  const chosen = { steps: 9, guidanceScale: 4, scheduler: "euler", seed: "5", width: 512 };
  expect(endpointOrders(asked(chosen), full, "1")).toEqual([{ ...order, ...chosen, height: 512 }]);
});

test("quality is sent if it is accepted; the device's own precision is requested by name", () => {
  const settings = ["preset", "precision", "guidance_interval", "cache_interval", "decoder"];
  const inputs = ["prompt", "steps", ...settings];
  const check = { at: "", state: "ready" as const, ms: 1, models: [], inputs };
  const ours = endpoint({ profile: "full", check });
  const intervals = { guidanceInterval: [0, 0.8], cacheInterval: 3 } as const;
  const quality = { preset: "fast", precision: "int8", decoder: "tiny", ...intervals } as const;
  const [order] = endpointOrders(asked(quality), ours, "1");
  expect(order).toMatchObject(quality);
  const [own] = endpointOrders(asked({ preset: "fast", precision: "auto" }), ours, "1");
  expect(own).toMatchObject({ preset: "fast", precision: "float32" });
  const [older] = endpointOrders(asked(quality), endpoint({ profile: "full" }), "1");
  expect(Object.keys(older)).not.toEqual(expect.arrayContaining(Object.keys(quality)));
});

test("a start image is refused by name", () => {
  const request = asked({ initImageId: "x" });
  expect(() => endpointOrders(request, endpoint({}), "1")).toThrow(refusal("REQUEST_INVALID"));
});

test("it takes as long as earlier pictures did; unknown before the first picture", () => {
  const [order] = endpointOrders(asked({ steps: 10 }), endpoint({ profile: "full" }), "1");
  const told = { loadSeconds: 0, basis: "measured", pictures: 2 };
  const expected = { seconds: 23, pictures: 2 };
  const estimate = endpointEstimate(endpoint({}), order, expected);
  expect(estimate).toEqual({ seconds: 23, secondsPerStep: 2.3, ...told });
  const [open] = endpointOrders(asked({ steps: 10 }), endpoint({}), "1");
  expect(endpointEstimate(endpoint({}), open, expected).secondsPerStep).toBe(0);
  expect(() => endpointEstimate(endpoint({}), order)).toThrow(refusal("NOT_FOUND"));
});

test.each([
  ["steps", "10", true],
  ["negative-prompt", "blurry", true],
  ["size", "512x512", true],
  ["precision", "int8", false],
  ["guidance-interval", "0-0.8", false],
  ["cache-interval", "2", false],
  ["decoder", "tiny", false],
  ["model", "sd2", false],
] as const)(
  "a grid along %s at an endpoint that declares nothing: %s is sent %s",
  async (setting, value, isSent) => {
    const full = endpoint({ profile: "full" });
    const grid = { x: { setting, values: [value] } };
    const orders = cellRequests(asked({}), grid).flatMap(({ request }) =>
      endpointOrders(request, full, "1"),
    );
    const check = () => checkSentAxes(grid, orders, full);
    if (isSent) return check();
    expect(check).toThrow(`The axis ${setting} cannot be used: edge does not accept this setting.`);
  },
);
