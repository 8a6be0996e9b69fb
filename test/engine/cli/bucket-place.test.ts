import { expect, test } from "vitest";
import { placeOf } from "../../../engine/cli/bucket-place.ts";
import { refusal } from "../../fakes/refusal.ts";

test("a path is not taken for a connection without a name", async () => {
  const client = { buckets: { connections: async () => [] } };
  for (const path of ["/tmp/model.mar", "./model.mar", ""]) {
    await expect(placeOf(client as never, path)).rejects.toThrow(refusal("REQUEST_INVALID"));
  }
  await expect(placeOf(client as never, "models/a.mar")).rejects.toThrow(refusal("NOT_FOUND"));
});
