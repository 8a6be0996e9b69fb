import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { hostCommand } from "../host-command.ts";
import { checkPackage } from "./package-check.ts";

/** The parts of electron-builder's description of a packed app that are used. */
export interface PackContext {
  readonly appOutDir: string;
  readonly electronPlatformName: string;
  /** Index in electron-builder's list of architectures. */
  readonly arch: number;
  readonly packager: { getResourcesDir(appOutDir: string): string };
}

/** builder-util's `Arch`. */
const ARCHES = ["ia32", "x64", "armv7l", "arm64", "universal"];

/** Fails the build if the app is incomplete or cannot draw. */
export async function afterPack(context: PackContext): Promise<void> {
  const { appOutDir, electronPlatformName: platform, packager } = context;
  const resources = packager.getResourcesDir(appOutDir);
  const arch = ARCHES[context.arch] ?? "unknown";
  const wrong = await checkPackage(resources, { platform, arch });
  if (wrong.length > 0) throw new Error(`The package is not whole:\n${wrong.join("\n")}`);
  if (platform === process.platform && arch === process.arch) await draw(resources);
}

/** Draws a small picture with only the Node and libraries in the package. */
async function draw(resources: string): Promise<void> {
  const studio = join(resources, "studio");
  const folder = await mkdtemp(join(tmpdir(), "darkroom-package-"));
  const { platform, arch } = process;
  const packaged = { isPackaged: true, appPath: "", resourcesPath: resources, platform, arch };
  const { node } = hostCommand(packaged, []);
  const picture = ["generate", "a lamp", "--steps", "1", "--out", join(folder, "lamp.png")];
  try {
    await promisify(execFile)(node, [join(studio, "engine", "cli.ts"), ...picture], {
      cwd: folder,
      // Nothing of the build machine may help.
      env: { ...process.env, PATH: "" },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
