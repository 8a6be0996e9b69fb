import { EXACT } from "../../engine/graph/lowerings/int8-lowering.ts";
import { deviceFor, int8Device } from "../../engine/runtime/device.ts";
import {
  ModelOnDevice,
  type ModelFiles,
  type ModelOptions,
} from "../../engine/runtime/model-on-device.ts";
import { quantizationOf } from "../../engine/runtime/unet-parts.ts";
import { Supervisor } from "../../engine/runtime/supervisor.ts";
import { quantizedWeights } from "../../engine/store/located-weights.ts";
import { sizeOf, tensor, type FloatTensor } from "../../engine/tensor/tensor.ts";
import { pythonOf } from "../interop/virtual-environment.ts";
import { LinePeer } from "./line-peer.ts";
import { memoryOf } from "./measure.ts";
import { whiteNoise } from "./random-snapshot.ts";

/** One run of one network: a step of the UNet with guidance, so batch 2; or the text encoder's two prompts. */
export interface Work {
  readonly network: "text" | "unet" | "vae" | "picture";
  /** Side of the latents; 0 for text. */
  readonly side: number;
  /** Denoising steps of a picture. */
  readonly steps?: number;
}

/** A program that does the same work with the same weights. */
export interface Contestant {
  readonly name: string;
  /** Loads what the work needs and does it once, so that neither is measured. */
  prepare(work: Work): Promise<unknown>;
  /** Returns the seconds that it measured itself, if it did. */
  run(work: Work): Promise<unknown>;
  /** Frees memory for the next contestant, if it need not keep it. */
  rest(): Promise<unknown>;
  /** Peak resident memory, in bytes. */
  peakBytes(): number | undefined;
  close(): void;
}

const random = whiteNoise(7);
const noise = (...shape: number[]): FloatTensor =>
  tensor(shape, Float32Array.from({ length: sizeOf(shape) }, random));

/** Our engine, in its own inference process. What was loaded for a network stays until the next network. */
class Ours implements Contestant {
  readonly name: string;
  readonly #model: ModelOnDevice;
  readonly #supervisor: Supervisor;

  constructor(name: string, supervisor: Supervisor, model: ModelOnDevice) {
    this.name = name;
    this.#supervisor = supervisor;
    this.#model = model;
  }

  /** In every turn, as the peers do: while the others run, its memory goes cold, which no step of a picture is. */
  async prepare(work: Work): Promise<void> {
    await this.run(work);
  }

  run({ network, side }: Work): Promise<unknown> {
    if (network === "text") {
      const ids = tensor([2, 77], new Int32Array(154).fill(5));
      return this.#model.textEncoder(2).run({ input_ids: ids });
    }
    const size = { height: side, width: side };
    if (network === "vae") {
      return this.#model
        .vaeDecoder({ batch: 1, ...size })
        .run({ latents: noise(1, 4, side, side) });
    }
    return this.#model.unet({ batch: 2, samples: 1, ...size }).run({
      sample: noise(1, 4, side, side),
      timestep: tensor([1], Float32Array.of(500)),
      encoder_hidden_states: noise(2, 77, 1024),
    });
  }

  /** Of the network that was opened last. */
  get loadingSeconds(): number {
    return this.#model.loadingSeconds;
  }

  async rest(): Promise<void> {}

  peakBytes(): number | undefined {
    return memoryOf(this.#supervisor.pid)?.peakBytes;
  }

  close(): void {
    this.#supervisor.close();
  }
}

function start(
  name: string,
  files: ModelFiles,
  device: ReturnType<typeof deviceFor>,
  options: ModelOptions,
): Ours {
  const supervisor = new Supervisor();
  return new Ours(name, supervisor, new ModelOnDevice(files, device, supervisor, options));
}

/** The engine's CPU variants: int8, float32 with mapped weights, and float32 with prepacked weights. */
export function ourselves(files: ModelFiles, quantized: ModelFiles, threads: number): Ours[] {
  const cpu = deviceFor("cpu", { float16: false });
  return [
    start("int8", quantized, int8Device({ isExact: true }), { threads }),
    start("mapped", files, cpu, { weights: "mapped", threads }),
    start("prepacked", files, cpu, { weights: "prepacked", threads }),
  ];
}

/** The same files with the UNet's weights as integers, in a copy beside the others. */
export async function quantizedFiles(files: ModelFiles, cacheFolder: string): Promise<ModelFiles> {
  const chosen = quantizationOf(files.unet.config, EXACT);
  const weights = await quantizedWeights(files.unet.weights.weights, chosen, { cacheFolder });
  return { ...files, unet: { ...files.unet, weights: { network: "UNet", weights } } };
}

/** A Python library with one number type, in a new process for each turn. */
class PythonPeer implements Contestant {
  readonly name: string;
  readonly #start: () => Promise<LinePeer | undefined>;
  readonly #kind: string;
  #peer: LinePeer | undefined;
  #peakBytes = 0;

  constructor(name: string, start: () => Promise<LinePeer | undefined>, kind: string) {
    this.name = name;
    this.#start = start;
    this.#kind = kind;
  }

  async prepare(work: Work): Promise<void> {
    this.#peer ??= await this.#start();
    await this.run(work.network === "picture" ? { ...work, steps: 1 } : work);
  }

  async run({ network, side, steps = 0 }: Work): Promise<number | undefined> {
    if (this.#peer === undefined) throw new Error("its process did not start");
    return this.#peer.run(`${network} ${side} ${this.#kind} ${steps}`);
  }

  /** Ends its process: the memory that malloc keeps in several would leave too little for the mapped weights. */
  async rest(): Promise<void> {
    this.#peakBytes = Math.max(this.#peakBytes, memoryOf(this.#peer?.pid)?.peakBytes ?? 0);
    this.close();
  }

  peakBytes(): number | undefined {
    return this.#peakBytes === 0 ? undefined : this.#peakBytes;
  }

  close(): void {
    this.#peer?.close();
    this.#peer = undefined;
  }
}

/**
 * The peers, and the name of each number type. Left out unless named: those that take minutes to prepare in each turn,
 * and OpenVINO with integer weights only, which is slower than float32.
 */
const PEERS: readonly { name: string; library: string; kind: string; onRequest?: true }[] = [
  { name: "diffusers fp32", library: "diffusers", kind: "fp32" },
  { name: "diffusers bf16", library: "diffusers", kind: "bf16" },
  { name: "diffusers bf16 compiled", library: "diffusers", kind: "bf16-compiled", onRequest: true },
  { name: "OpenVINO fp32", library: "openvino", kind: "fp32" },
  { name: "OpenVINO bf16", library: "openvino", kind: "bf16" },
  { name: "OpenVINO int8", library: "openvino", kind: "int8" },
  {
    name: "OpenVINO int8 weights",
    library: "openvino",
    kind: "int8-weights",
    onRequest: true,
  },
  { name: "stable-diffusion.cpp f32", library: "stable-diffusion.cpp", kind: "f32" },
  { name: "stable-diffusion.cpp q8_0", library: "stable-diffusion.cpp", kind: "q8_0" },
];

/**
 * torch's decoder allocates the same large blocks again and again. By default glibc returns each to the system, and it
 * has to be cleared again, which makes torch three times as slow.
 */
const KEEP_MEMORY = {
  MALLOC_MMAP_THRESHOLD_: String(2 ** 33),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 34),
};

/** The installed peers, or those named; the others are reported as missing. */
export async function peers(
  folder: string,
  threads: number,
  names: readonly string[] = [],
): Promise<Contestant[]> {
  const chosen = PEERS.filter(({ name, onRequest }) =>
    names.length === 0 ? onRequest === undefined : names.includes(name),
  );
  for (const { name } of names.length === 0 ? PEERS : []) {
    if (!chosen.some((peer) => peer.name === name)) {
      console.error(`${name}: skipped, runs only if named with --peer`);
    }
  }
  const found: Contestant[] = [];
  for (const { name, library, kind } of chosen) {
    const script = new URL(`${library.replace(/\W/g, "-")}_peer.py`, import.meta.url).pathname;
    const args = [script, folder, String(threads)];
    const open = () => LinePeer.start(pythonOf(library), args, KEEP_MEMORY);
    const peer = await open();
    if (peer === undefined) console.error(`${name}: skipped, ${library} is not installed`);
    else found.push(new PythonPeer(name, open, kind));
    peer?.close();
  }
  return found;
}
