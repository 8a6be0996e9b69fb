import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";

/**
 * Each folder or file, and what it may import besides itself; the longest matching entry applies. This table is the
 * architecture; engine/README.md draws it.
 */
const HOUSE: Readonly<Record<string, readonly string[]>> = {
  // words
  "engine/contract": ["zod", "@orpc/contract"],
  // domain: pure
  "engine/tensor": [],
  "engine/graph": ["engine/tensor/precision.ts"],
  "engine/graph/lowerings": ["engine/graph", "engine/tensor/precision.ts"],
  "engine/tokenizer": ["engine/contract/errors.ts", "engine/snapshot/json.ts"],
  "engine/snapshot": [
    "engine/contract/errors.ts",
    "engine/contract/request.ts",
    "engine/tensor/precision.ts",
    "zod",
  ],
  "engine/networks": [
    "engine/graph",
    "engine/snapshot/text-encoder-config.ts",
    "engine/snapshot/unet-config.ts",
    "engine/snapshot/vae-config.ts",
  ],
  "engine/schedulers": ["engine/contract", "engine/tensor"],
  "engine/image": ["engine/contract", "engine/tensor", "node:zlib", "zod"],
  // use cases: pure
  "engine/pipeline": [
    "engine/contract",
    "engine/tensor",
    "engine/tokenizer",
    "engine/schedulers",
    "engine/image",
  ],
  "engine/kserve": ["engine/contract", "engine/tensor", "zod"],
  "engine/archive": ["engine/contract", "engine/snapshot/weight-files.ts"],
  "engine/deploy": ["engine/contract", "yaml"],
  // the base of the I/O folders
  "engine/files": ["engine/contract", "node:"],
  "engine/database": ["engine/contract", "engine/files", "node:"],
  "engine/download": [
    "engine/contract/errors.ts",
    "engine/files/pause.ts",
    "engine/files/system-error.ts",
    "engine/network",
    "undici",
    "node:",
  ],
  // Communication with other machines: what to trust, and what a failure means.
  "engine/network": ["engine/contract/errors.ts", "engine/files/system-error.ts", "node:"],
  // I/O
  "engine/runtime": [
    "engine/contract",
    "engine/tensor",
    "engine/snapshot",
    "engine/graph",
    "engine/networks",
    "engine/pipeline",
    "engine/files/system-error.ts",
    "onnxruntime-node",
    "node:",
  ],
  "engine/store": ["engine/contract", "engine/snapshot", "engine/tensor", "engine/files", "node:"],
  "engine/archive-files": [
    "engine/contract",
    "engine/snapshot",
    "engine/archive",
    "engine/files",
    "yauzl",
    "tar",
    "node:",
  ],
  "engine/hub": [
    "engine/contract",
    "engine/snapshot",
    "engine/files",
    "engine/download",
    "engine/network",
    "@huggingface/hub",
    "zod",
    "node:",
  ],
  "engine/transfers": ["engine/contract", "engine/files", "engine/download", "zod", "node:"],
  "engine/codecs": ["engine/contract", "engine/image", "sharp", "exifreader", "node:"],
  "engine/gallery": [
    "engine/contract",
    // The file format of a ZIP, for exports.
    "engine/archive/zip-records.ts",
    "engine/image",
    "engine/database",
    "engine/files",
    "zod",
    "node:",
  ],
  "engine/queue": ["engine/contract", "engine/database", "engine/files", "node:"],
  "engine/settings": ["engine/contract", "engine/files", "zod", "node:"],
  "engine/secrets": ["engine/contract", "engine/files", "@napi-rs/keyring", "zod", "node:"],
  "engine/cuda": ["engine/contract", "engine/download", "engine/files", "yauzl", "node:"],
  // Listeners: the common base of the studio's own server and the inference server.
  "engine/http": ["engine/contract", "engine/files/system-error.ts", "fastify", "pino", "node:"],
  "engine/serving": [
    "engine/contract",
    "engine/kserve",
    "engine/image",
    "engine/codecs",
    "engine/files",
    "engine/http",
    "fastify",
    "@grpc/grpc-js",
    "@grpc/proto-loader",
    "prom-client",
    "zod",
    "node:",
  ],
  "engine/endpoints": [
    "engine/contract",
    "engine/database",
    "engine/kserve",
    "engine/image",
    "engine/codecs",
    "engine/files",
    "engine/network",
    "undici",
    "@grpc/grpc-js",
    "zod",
    "node:",
  ],
  "engine/buckets": [
    "engine/contract",
    "engine/files",
    "engine/network",
    "engine/download/part.ts",
    "engine/archive/member-path.ts",
    "@aws-sdk/client-s3",
    "@aws-sdk/s3-request-presigner",
    "yaml",
    "zod",
    "node:",
  ],
  "engine/cluster": [
    "engine/contract",
    "engine/deploy",
    "engine/files",
    "engine/network",
    "@kubernetes/client-node",
    "undici",
    "zod",
    "node:",
  ],
  "engine/server": [
    "engine/contract",
    "engine/files",
    "engine/http",
    "fastify",
    "@fastify/static",
    "@orpc/server",
    "pino",
    "zod",
    "node:",
  ],
  // composition
  "engine/drawing": [
    "engine/contract",
    "engine/tensor",
    "engine/tokenizer",
    "engine/schedulers",
    "engine/image",
    "engine/snapshot",
    "engine/graph",
    "engine/networks",
    "engine/pipeline",
    "engine/files",
    "engine/runtime",
    "engine/store",
    "engine/codecs",
    "engine/cuda",
    "engine/archive-files",
    "node:",
  ],
  "engine/worker": [
    "engine/contract",
    "engine/image",
    "engine/pipeline",
    "engine/gallery",
    "engine/queue",
    "engine/drawing",
    "engine/endpoints",
    "node:",
  ],
  "engine/studio": [
    "engine/contract",
    "engine/image",
    "engine/files",
    "engine/database",
    "engine/codecs",
    "engine/gallery",
    "engine/queue",
    "engine/store",
    "engine/download/proxied-fetch.ts",
    "engine/snapshot/layout.ts",
    "engine/archive-files",
    "engine/archive",
    "engine/deploy",
    "engine/hub",
    "engine/transfers",
    "engine/settings",
    "engine/secrets",
    "engine/serving",
    "engine/endpoints",
    // A picture's request, in the protocol's terms.
    "engine/kserve",
    "engine/buckets",
    "engine/cluster",
    "engine/drawing",
    "engine/worker",
    "@orpc/server",
    "zod",
    "node:",
  ],
  // In place of TorchServe: models from their archives, without a studio.
  "engine/torchserve": [
    "engine/contract",
    "engine/archive",
    "engine/archive-files",
    "engine/kserve",
    "engine/files",
    "engine/http",
    "engine/store",
    "engine/serving",
    "engine/drawing",
    "engine/worker",
    "fastify",
    "node:",
  ],
  "engine/host.ts": [
    "engine/studio",
    "engine/server",
    "engine/http",
    "engine/files",
    "engine/contract",
    "node:",
  ],
  // shells
  "engine/cli": [
    "engine/host.ts",
    "engine/cuda",
    "engine/archive",
    "engine/archive-files",
    "engine/studio",
    "engine/torchserve",
    "engine/drawing",
    "engine/files",
    // Node's compile cache is also there.
    "engine/store/cache-folder.ts",
    "engine/contract",
    "@orpc/client",
    "@orpc/server",
    "@orpc/contract",
    "undici",
    "commander",
    "node:",
  ],
  "engine/cli.ts": ["engine/cli"],
  "engine/torchserve.ts": ["engine/cli"],
  "engine/setup": ["node:"],
  electron: ["engine/contract", "electron", "zod", "node:"],
  // the renderer: areas -> archive, picture, transfers -> state -> connection -> contract; areas -> ui, words
  "renderer/words": ["engine/contract/about-time.ts", "i18next", "react-i18next"],
  "renderer/ui": [
    "renderer/words",
    "react",
    "react-dom",
    "react-aria-components",
    "react-resizable-panels",
    "lucide-react",
    "cmdk",
  ],
  "renderer/connection": [
    "engine/contract",
    "@orpc/client",
    "@orpc/contract",
    "@orpc/tanstack-query",
    "@tanstack/react-query",
    "react",
  ],
  "renderer/state": ["engine/contract", "renderer/connection", "zustand", "react"],
  "renderer/shortcuts": [
    "renderer/words",
    "renderer/ui",
    "renderer/connection/desktop.ts",
    "react",
    "react-hotkeys-hook",
    "lucide-react",
  ],
  ...Object.fromEntries(
    [
      "archive",
      "picture",
      "transfers",
      "frame",
      "generate",
      "gallery",
      "models",
      "buckets",
      "deploy",
      "settings",
      "welcome",
      "server",
      "endpoints",
    ].map((area) => [
      `renderer/${area}`,
      [
        "engine/contract",
        "renderer/words",
        "renderer/ui",
        "renderer/connection",
        "renderer/state",
        "renderer/shortcuts",
        ...(["archive", "picture", "transfers"].includes(area)
          ? []
          : ["renderer/archive", "renderer/picture", "renderer/transfers"]),
        "react",
        "react-aria-components",
        "react-resizable-panels",
        "react-i18next",
        "lucide-react",
        "wouter",
        "@tanstack/react-query",
        "@tanstack/react-virtual",
      ],
    ]),
  ),
  "renderer/app.tsx": ["renderer", "react", "wouter", "@tanstack/react-query"],
  "renderer/page-policy.ts": ["zod"],
  "renderer/main.tsx": [
    "renderer",
    "engine/contract",
    "react",
    "react-dom",
    // Behind import.meta.env.DEV: no build contains it.
    "test/fakes/fake-studio.ts",
  ],
};

const PURE = [
  "contract",
  "tensor",
  "graph",
  "tokenizer",
  "snapshot",
  "networks",
  "schedulers",
  "image",
  "pipeline",
  "kserve",
  "archive",
  "deploy",
];

const IMPORT =
  /^\s*(?:import|export)\s[^"']*?from\s+["']([^"']+)["']|^\s*import\s+["']([^"']+)["']|import\(\s*["']([^"']+)["']/gm;

function layerOf(file: string): string | undefined {
  return Object.keys(HOUSE)
    .filter((layer) => file === layer || file.startsWith(`${layer}/`))
    .toSorted((a, b) => b.length - a.length)[0];
}

function isAllowed(target: string, allowed: readonly string[]): boolean {
  return allowed.some(
    (name) => target === name || target.startsWith(name.endsWith(":") ? name : `${name}/`),
  );
}

function breachesIn(file: string): string[] {
  const layer = layerOf(file);
  if (layer === undefined) return [`${file}: no layer claims this folder`];
  const imports = [...readFileSync(file, "utf8").matchAll(IMPORT)].map(
    (m) => m[1] ?? m[2] ?? m[3]!,
  );
  return imports
    .filter((specifier) => {
      const target = specifier.startsWith(".")
        ? normalize(join(dirname(file), specifier))
        : specifier;
      return layerOf(target) !== layer && !isAllowed(target, HOUSE[layer]!);
    })
    .map((specifier) => `${file} may not import ${specifier}`);
}

const files = ["engine", "electron", "renderer"].filter(existsSync).flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(tsx?|js)$/.test(name))
    .map((name) => `${root}/${name}`),
);

test("imports point only in the allowed direction", () => {
  expect(files.length).toBeGreaterThan(40);
  expect(files.flatMap(breachesIn)).toEqual([]);
});

/** Import cycles, including type imports: each as a chain that a reader can follow. */
function circles(): string[] {
  const importsOf = new Map(
    files.map((file) => [
      file,
      [...readFileSync(file, "utf8").matchAll(IMPORT)]
        .map((m) => m[1] ?? m[2] ?? m[3]!)
        .filter((specifier) => specifier.startsWith("."))
        .map((specifier) => normalize(join(dirname(file), specifier))),
    ]),
  );
  const done = new Set<string>();
  const circleFrom = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(" -> ")];
    if (done.has(file)) return [];
    const found = (importsOf.get(file) ?? []).flatMap((next) => circleFrom(next, [...path, file]));
    done.add(file);
    return found;
  };
  return files.flatMap((file) => circleFrom(file, []));
}

test("no file imports itself, even indirectly", () => {
  expect(circles()).toEqual([]);
});

test("pure folders use no clock, no randomness and no console", () => {
  const pure = files.filter((file) => PURE.some((folder) => file.startsWith(`engine/${folder}/`)));
  const impure = pure.filter((file) =>
    /\b(Math\.random|Date\.now|new Date|console\.|process\.|globalThis\.)/.test(
      readFileSync(file, "utf8"),
    ),
  );
  expect(impure).toEqual([]);
});

test("there are no barrels and no default exports in the engine", () => {
  const barrels = files.filter((file) => /\/index\.(tsx?|js)$/.test(file));
  const defaults = files.filter((file) => /^export default/m.test(readFileSync(file, "utf8")));
  expect([...barrels, ...defaults]).toEqual([]);
});
