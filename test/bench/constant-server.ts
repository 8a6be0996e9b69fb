/**
 * The inference server in its own process, over an engine whose picture is ready; beside it, the fastest possible
 * server: the same bytes, ready to send. Prints the two ports; ends with its input.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AdmissionQueue } from "../../engine/serving/admission-queue.ts";
import { InferenceServer } from "../../engine/serving/inference-server.ts";
import { quietLog } from "../../engine/serving/quiet-log.ts";
import { RequestLog } from "../../engine/serving/request-log.ts";
import { installRoutes } from "../../engine/serving/routes/install-routes.ts";
import { ServerFile } from "../../engine/serving/server-file.ts";
import { ConstantEngine } from "../fakes/constant-engine.ts";
import { noisyPicture, toArrays } from "./noisy-picture.ts";

const SIDE = 768;
const picture = noisyPicture(SIDE);
const folder = mkdtempSync(join(tmpdir(), "darkroom-bench-serving-"));
const engine = new ConstantEngine({ pixels: picture, steps: 1 });
const file = await ServerFile.open(folder);
const admission = new AdmissionQueue({ engine, settings: () => file.settings() });
const server = await InferenceServer.listen(
  { host: "127.0.0.1", port: 0, tries: 1 },
  {
    file,
    engine,
    admission,
    requests: new RequestLog(() => {}),
    installRoutes,
    log: quietLog(console.error),
  },
);

const arrays = toArrays(picture);
const stringified = (): Buffer => Buffer.from(JSON.stringify({ outputs: [{ data: arrays }] }));
const READY: Readonly<Record<string, Buffer>> = {
  "/json": stringified(),
  "/binary": Buffer.from(picture.data),
};
const plain = createServer((request, response) => {
  request.resume().once("end", () => {
    response.end(READY[request.url ?? ""] ?? stringified());
  });
});
plain.listen(0, "127.0.0.1", () => {
  const address = plain.address();
  const port = typeof address === "object" ? address?.port : undefined;
  console.log(JSON.stringify({ server: server.origin, plain: `http://127.0.0.1:${port}` }));
});

process.stdin.resume().once("end", () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit();
});
