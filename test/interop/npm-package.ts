import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { interopCache, requireProgram, runStep } from "./install-step.ts";
import type { Peer } from "./peers.ts";

/** The folder of a peer's npm package, after its installation. */
export function npmFolder({ name, npm = "" }: Pick<Peer, "name" | "npm">): string {
  return join(interopCache(), name, "node_modules", npm.replace(/@[\d.]+$/, ""));
}

/** Installs a package without running its scripts, unless it is installed already; returns its version. */
export async function installNpm(peer: Peer, npm: string, limitMs: number): Promise<string> {
  await requireProgram("npm");
  const folder = join(interopCache(), peer.name);
  const wanted = npm.slice(npm.lastIndexOf("@") + 1);
  if ((await versionIn(npmFolder(peer))) !== wanted) {
    await mkdir(folder, { recursive: true });
    const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", npm];
    await runStep("npm", ["--prefix", folder, ...args], { limitMs, what: peer.size, cwd: folder });
  }
  return wanted;
}

async function versionIn(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, "package.json"), "utf8").catch(() => "{}");
  return z.object({ version: z.string() }).safeParse(JSON.parse(text)).data?.version;
}
