import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deviceFor, type Device } from "../../engine/runtime/device.ts";
import type { ModelOptions } from "../../engine/runtime/model-on-device.ts";
import { Supervisor } from "../../engine/runtime/supervisor.ts";
import { loadModel, type LoadedModel } from "../../engine/drawing/load-model.ts";
import { readModel, type ReadModel } from "../../engine/drawing/read-model.ts";
import { float32Values, tensorsOf } from "../fixtures/rewrites.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

/** The reference snapshots, and the files with diffusers' results for each. */
export const REFERENCES = {
  "tiny-sd1-eps": "tiny-sd1-eps",
  "tiny-sd2-v": "tiny-sd2-v",
  "tiny-sd2-hub": "tiny-sd2-v",
  "tiny-sd21-v": "tiny-sd21-v",
} as const;
export type ReferenceName = keyof typeof REFERENCES;

export const CPU = deviceFor("cpu", { float16: false });

/** The tensors of a file in this folder by name; 64-bit integers become int32, bytes become floats. */
export function readTensors(file: string): Record<string, { shape: readonly number[]; data: Float32Array }> {
  const raw = tensorsOf(Uint8Array.from(readFileSync(new URL(file, import.meta.url))));
  return Object.fromEntries(
    Object.entries(raw).map(([name, tensor]) => {
      if (tensor.dtype === "I64") {
        const integers = new BigInt64Array(tensor.bytes.slice().buffer);
        return [name, { shape: tensor.shape, data: Float32Array.from(integers, Number) }];
      }
      const data = tensor.dtype === "U8" ? Float32Array.from(tensor.bytes) : float32Values(tensor);
      return [name, { shape: tensor.shape, data }];
    }),
  );
}

/** Folder of a reference snapshot. */
export function snapshotFolder(name: string): string {
  return fileURLToPath(new URL(`${name}/snapshot`, import.meta.url));
}

/** A snapshot loaded on a device, in its own inference process. */
export async function load(
  folder: string,
  device: Device = CPU,
  options: ModelOptions = {},
): Promise<{ model: ReadModel; loaded: LoadedModel; supervisor: Supervisor } & Disposable> {
  const supervisor = new Supervisor();
  const model = await readModel(folder, device.lowering.precision);
  const places = { device, supervisor, cacheFolder: temporaryFolder(), onPreparing: () => {} };
  const loaded = await loadModel(model, { ...places, ...options });
  return { model, loaded, supervisor, [Symbol.dispose]: () => supervisor.close() };
}

/** Root mean square of the difference, relative to that of the expected values. */
export function relativeError(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let size = 0;
  for (const [i, value] of expected.entries()) {
    difference += (actual[i]! - value) ** 2;
    size += value ** 2;
  }
  return Math.sqrt(difference / size);
}

/** Peak signal-to-noise ratio in dB. */
export function psnr(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return 0;
  const squares = a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
  return 10 * Math.log10(255 ** 2 / (squares / a.length || Number.MIN_VALUE));
}
