import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runCommand } from "../fakes/run-command.ts";
import { startFakeService } from "../fakes/s3/s3-server.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { programOf } from "./go-program.ts";
import { CONTENT, openToys, s3Operations, send, source } from "./s3-operations.ts";
import { startService, type StartedService } from "./s3-service.ts";

const program = programOf("rclone");

const start = (): Promise<StartedService> =>
  startService({
    program,
    args: (port, folder) =>
      `serve s3 ${folder} --addr 127.0.0.1:${port} --auth-key darkroom,darkroomsecret`.split(" "),
  });

// It stores objects as files: possible keys are possible file names.
s3Operations("rclone", start, {
  isUnversioned: true,
  refusedKeys: ["parent", "double", "absolute", "dots", "long"],
});

test.each([
  ["itself", start],
  ["the fake", startFakeService],
])("rclone reads byte for byte what we wrote to %s", async (_, startOne) => {
  const service = await startOne();
  onTestFinished(() => service.stop());
  const { bucket, bucketName } = await openToys(service);
  const contents: Readonly<Record<string, Buffer>> = {
    "sd/model-store/sd.mar": CONTENT,
    "sd/config/config.properties": Buffer.from("model_store=/mnt/models\n"),
    "sd/a b+c/100%/ü.txt": Buffer.from("x"),
    empty: Buffer.alloc(0),
  };
  for (const [key, bytes] of Object.entries(contents)) {
    await send(bucket, { key, source: source(bytes) });
  }
  const out = temporaryFolder();
  const env = {
    RCLONE_CONFIG: join(temporaryFolder(), "none.conf"),
    RCLONE_CONFIG_TOYS_TYPE: "s3",
    RCLONE_CONFIG_TOYS_PROVIDER: "Other",
    RCLONE_CONFIG_TOYS_ENDPOINT: service.endpoint,
    RCLONE_CONFIG_TOYS_ACCESS_KEY_ID: service.accessKey,
    RCLONE_CONFIG_TOYS_SECRET_ACCESS_KEY: service.secretKey,
  };
  const { code, stderr } = await runCommand(program, ["copy", `toys:${bucketName}`, out], {
    cwd: out,
    env,
  });
  expect([code, stderr]).toEqual([0, stderr]);
  const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  expect(files).toHaveLength(Object.keys(contents).length);
  for (const [key, bytes] of Object.entries(contents)) {
    expect([key, readFileSync(join(out, key)).equals(bytes)]).toEqual([key, true]);
  }
});
