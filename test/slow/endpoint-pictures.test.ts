import { expect, onTestFinished, test } from "vitest";
import { pixels } from "../../engine/image/pixels.ts";
import { HostProcess } from "../e2e/host-process.ts";
import { shareOf } from "../fakes/colours.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

interface Reply {
  readonly id: string;
  readonly outputs: readonly [{ readonly shape: readonly number[]; readonly data: number[][][] }];
}

test("the KServe example's notebook gets its picture from this machine: two purple fish, as nested numbers", async () => {
  const host = new HostProcess([
    "--port",
    "0",
    "--endpoint-port",
    "0",
    "--data-dir",
    temporaryFolder(),
  ]);
  onTestFinished(() => host.stop("SIGKILL"));
  await host.start();
  const url = `${host.endpoint}/v2/models/stable-diffusion/infer`;
  const inputs = [{ name: "input0", shape: [-1], datatype: "BYTES", data: ["two purple fish"] }];
  const reply = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ id: "42", inputs }),
  });
  const { id, outputs } = (await reply.json()) as Reply;
  const [{ shape, data }] = outputs;
  expect([reply.status, id, shape]).toEqual([200, "42", [128, 128, 3]]);
  // As `np.array(data, dtype="uint8")` reads it: rows of pixels with three values.
  expect([data.length, data[0]!.length, data[0]![0]!.length]).toEqual([128, 128, 3]);
  const picture = pixels(128, 128, Uint8Array.from(data.flat(2)));
  expect(shareOf(picture, "purple")).toBeGreaterThan(0.01);
});
