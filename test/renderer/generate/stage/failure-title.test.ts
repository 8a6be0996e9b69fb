import { expect, test } from "vitest";
import { type RefusalCode, StudioError, toWire } from "../../../../engine/contract/errors.ts";
import { failureTitle } from "../../../../renderer/generate/stage/failure-title.ts";
import { generationOf, orderOf } from "../../../fakes/fake-studio-rows.ts";

function failed(code: RefusalCode, target = "local") {
  const error = toWire(new StudioError(code));
  return generationOf(orderOf(0), 0, { state: "failed", error, target });
}

test("the model is missing here, and the endpoint there", () => {
  expect(failureTitle(failed("NOT_FOUND"))).toBe("model");
  expect(failureTitle(failed("NOT_FOUND", "kt2"))).toBe("endpointGone");
});

test("an endpoint's refusal is called by its name", () => {
  expect(failureTitle(failed("ENDPOINT_CERTIFICATE", "kt2"))).toBe("ENDPOINT_CERTIFICATE");
  expect(failureTitle(failed("INTERNAL", "kt2"))).toBe("other");
});

test("a failure has the title that its next step depends on", () => {
  const codes = ["OUT_OF_MEMORY", "WEIGHT_MISSING", "INTERNAL"] as const;
  const titles = codes.map((code) => failureTitle(failed(code)));
  expect(titles).toEqual(["OUT_OF_MEMORY", "model", "other"]);
  const interrupted = generationOf(orderOf(0), 0, { state: "interrupted" });
  expect(failureTitle(interrupted)).toBe("interrupted");
});
