import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

function help(caches: string): string {
  return execFileSync(process.execPath, ["engine/cli.ts", "--help"], {
    encoding: "utf8",
    env: { ...process.env, XDG_CACHE_HOME: caches },
  });
}

test.runIf(process.platform === "linux")(
  "compiled code is kept in the cache folder, and may be missing or damaged there",
  () => {
    const caches = temporaryFolder();
    const words = help(caches);
    const code = join(caches, "darkroom", "code");
    const [folder = ""] = readdirSync(code);
    const kept = readdirSync(join(code, folder));
    expect(kept.length).toBeGreaterThan(50);
    for (const name of kept) writeFileSync(join(code, folder, name), "damaged");
    expect(help(caches)).toBe(words);
    rmSync(code, { recursive: true });
    writeFileSync(code, "no folder");
    expect(help(caches)).toBe(words);
    expect(existsSync(code)).toBe(true);
  },
);
