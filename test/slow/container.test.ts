import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RUNTIME_PARTS, stageStudio } from "../../electron/packaging/stage-studio.ts";
import { configOf, NOTEBOOK_FORM } from "../../engine/archive/serving-form.ts";
import { darkroom } from "../fakes/command-line.ts";
import { canRestrict, restricted, StartedTorchServe } from "../fakes/started-torchserve.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

/** The test builds no image; it runs the lines of the Containerfile itself. */
const FILE = "assets/deploy/Containerfile";

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

const INSTRUCTIONS: readonly Instruction[] = readFileSync(FILE, "utf8")
  .replaceAll(/\\\n\s*/g, "")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => {
    const [, name = "", rest = ""] = /^([A-Z]+) +(.*)$/.exec(line) ?? [];
    return { name, rest };
  });

const all = (name: string): string[] =>
  INSTRUCTIONS.filter((one) => one.name === name).map(({ rest }) => rest);

const folder = mkdtempSync(join(tmpdir(), "darkroom-container-"));
/** Takes the place of /opt/darkroom in the image. */
const image = join(folder, "image");
const store = join(folder, "model-store");

beforeAll(async () => {
  const { platform, arch } = process;
  await stageStudio({ root: process.cwd(), target: image, platform, arch, parts: RUNTIME_PARTS });
  const links = all("RUN").find((line) => line.includes("ln -s")) ?? "false";
  // As the libraries of CUDA are unpacked, before the modes are set.
  const added = join(image, "home", "cuda");
  for (const line of [links, `mkdir -m 700 ${added}`, all("RUN").at(-1) ?? "false"]) {
    const { status, stderr } = spawnSync("sh", ["-c", line], { cwd: image, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
  }
  mkdirSync(store);
  const mar = join(store, "stable-diffusion.mar");
  const packed = ["archive", "pack", "starter", "--form", "notebook", "--name", "stable-diffusion"];
  const { code, err } = await darkroom([...packed, "--out", mar, "--data-dir", folder]);
  if (code !== 0) throw new Error(err);
}, 300_000);

// Thousands of files, on a disk that others use as well.
afterAll(() => rmSync(folder, { recursive: true, force: true }), 300_000);

test("the files it copies exist, and are not ignored", () => {
  const shown = readFileSync(".containerignore", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("!"))
    .map((line) => line.slice(1));
  const sources = all("COPY")
    .filter((rest) => !rest.startsWith("--from"))
    .flatMap((rest) => rest.split(" ").slice(0, -1));
  expect(sources.length).toBeGreaterThan(5);
  expect(sources.filter((path) => !existsSync(path))).toEqual([]);
  const isShown = (path: string): boolean =>
    shown.some((one) => path === one || path.startsWith(`${one}/`));
  expect(sources.filter((path) => !isShown(path))).toEqual([]);
});

test("the last stage has no build tools, no root, and the command on its path", () => {
  const last = INSTRUCTIONS.slice(INSTRUCTIONS.findLastIndex(({ name }) => name === "FROM"));
  expect(last.map(({ name }) => name)).toEqual([
    "FROM",
    "COPY",
    "ENV",
    "USER",
    "WORKDIR",
    "EXPOSE",
    "HEALTHCHECK",
    "CMD",
  ]);
  expect(all("USER")).toEqual(["1001:0"]);
  expect(all("ENV").join(" ")).toMatch(/PATH=\/opt\/darkroom\/bin:/);
  expect(existsSync(join(image, "node_modules", "typescript"))).toBe(false);
  expect(existsSync(join(image, "node_modules", "electron"))).toBe(false);
});

test("any user can read it, and none but root can write it", () => {
  const unread = ["-not", "-perm", "-o+r", "-o", "-perm", "/022", "-not", "-type", "l"];
  const { stdout } = spawnSync("find", [image, ...unread], { encoding: "utf8" });
  expect(stdout).toBe("");
  expect(statSync(join(image, "home", "cuda")).mode & 0o777).toBe(0o755);
});

test("the line that adds CUDA runs from the staged files", () => {
  const [line = ""] = all("RUN").flatMap((one) => /bin\/node [^;]*cuda [^;]*/.exec(one) ?? []);
  expect(line).toContain("--accept-licence --without-device");
  // It would download 1.2 GB: its help says that its code is complete.
  const { status, stdout } = spawnSync("sh", ["-c", `${line} --help`], {
    cwd: image,
    encoding: "utf8",
  });
  expect([status, stdout]).toEqual([0, expect.stringContaining("--without-device")]);
});

test.skipIf(!canRestrict())(
  "its own command line draws as any user, with a read-only root (by unshare)",
  async () => {
    const writable = temporaryFolder();
    const [command = "", ...args] = JSON.parse(all("CMD").at(-1) ?? "[]") as string[];
    const server = await StartedTorchServe.start(configOf(NOTEBOOK_FORM), {
      folder: temporaryFolder(),
      program: [...restricted(writable), join(image, "bin", command)],
      args: [
        ...args.filter((arg) => !/^--(model-store|ts-config)=/.test(arg)),
        `--model-store=${store}`,
      ],
      env: { PATH: `${join(image, "bin")}:/usr/bin:/bin`, HOME: writable, TMPDIR: writable },
    });
    await server.says(/is ready\./);
    const address = server.address("KServe");
    const reply = await fetch(`${address}/v2/models/stable-diffusion/infer`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        inputs: [{ name: "input0", shape: [-1], datatype: "BYTES", data: ["Photo of a dog"] }],
      }),
    });
    expect(reply.status).toBe(200);
    const health = /CMD (\[.*\])$/.exec(all("HEALTHCHECK").join(""))?.[1] ?? "[]";
    const asked = health.replace("http://127.0.0.1:8080", address);
    const [node = "", ...rest] = JSON.parse(asked) as string[];
    const isHealthy = (words: readonly string[]): number | null =>
      spawnSync(join(image, "bin", node), words).status;
    expect(isHealthy(rest)).toBe(0);
    server.signal("SIGTERM");
    expect(await server.ended()).toBe(0);
    expect(isHealthy(rest)).toBe(1);
  },
);
