/**
 * Uses the real wheels of ONNX Runtime and NVIDIA, from the package index that pip would use. No card is needed:
 * without one, a driver made here reports that, and the libraries have to load to receive the report.
 */
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommand } from "../fakes/run-command.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { interopCache } from "./install-step.ts";

const FETCHING_MS = 60 * 60_000;

const DRIVER = new URL("cuda_driver.c", import.meta.url).pathname;
const dataFolder = join(interopCache(), "cuda", "data");

/** Runs the command as a user would, with a driver on the loader's path. */
async function cuda(...flags: string[]): Promise<{ code: number | null; said: string }> {
  const folder = temporaryFolder();
  const build = ["-shared", "-fPIC", "-o", join(folder, "libcuda.so.1"), DRIVER];
  expect(await runCommand("gcc", build, { cwd: "." })).toMatchObject({ code: 0 });
  const command = ["engine/cli.ts", "cuda", "--data-dir", dataFolder, ...flags];
  const env = { LD_LIBRARY_PATH: folder };
  const { code, stdout, stderr } = await runCommand(process.execPath, command, { cwd: ".", env });
  return { code, said: stdout + stderr };
}

test(
  "the wheels are downloaded, and their libraries load as far as the driver's answer",
  { timeout: FETCHING_MS },
  async () => {
    const { code, said } = await cuda("--accept-licence");
    expect(said).toContain("no NVIDIA card was found");
    expect(code).toBe(1);
  },
);

test("where an image is built, no card has to work", { timeout: FETCHING_MS }, async () => {
  expect((await cuda("--accept-licence", "--without-device")).code).toBe(0);
});

test("existing files are not downloaded again", { timeout: FETCHING_MS }, async () => {
  const { said } = await cuda();
  expect(said).toContain("were already installed");
  expect(said).not.toContain("Downloading");
});
