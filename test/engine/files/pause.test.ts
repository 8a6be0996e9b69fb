import { expect, test } from "vitest";
import { pause } from "../../../engine/files/pause.ts";

test("it ends by itself, or with the reason of its signal", async () => {
  await expect(pause(1, undefined)).resolves.toBeUndefined();
  const waiting = new AbortController();
  const paused = pause(600_000, waiting.signal);
  waiting.abort(new Error("closing"));
  await expect(paused).rejects.toThrow("closing");
  await expect(pause(600_000, waiting.signal)).rejects.toThrow("closing");
});
