import { largestValue } from "../graph/count-operations.ts";
import { cutBeforeLast, type DeepModel } from "../graph/deep.ts";
import type { Model } from "../graph/graph.ts";
import { lower, type Lowering } from "../graph/lowering.ts";
import { encodeModel } from "../graph/onnx.ts";
import { layersOf, PEAKS } from "../graph/peaks.ts";
import { textEncoder } from "../networks/text-encoder.ts";
import { unet } from "../networks/unet.ts";
import { vaeDecoder, vaeEncoder } from "../networks/vae.ts";
import type {
  LayerReuse,
  Networks,
  Session,
  SessionSize,
  Tensors,
  UNetSessionSize,
} from "../pipeline/session.ts";
import type { TextEncoderConfig } from "../snapshot/text-encoder-config.ts";
import type { UNetConfig } from "../snapshot/unet-config.ts";
import type { VaeConfig } from "../snapshot/vae-config.ts";
import { DeviceSession, type SessionPlan } from "./device-session.ts";
import type { Device } from "./device.ts";
import type { SessionOptions } from "./messages.ts";
import type { NetworkName, NetworkWork } from "./network-work.ts";
import type { Supervisor } from "./supervisor.ts";
import { PROMPT_INPUT, unetParts } from "./unet-parts.ts";
import { findIn, memoryBytes, folderOf, type WeightFiles } from "./weight-files.ts";

/** The three networks of a snapshot: their configs, and where their weights are. */
export interface ModelFiles {
  readonly textEncoder: {
    readonly config: TextEncoderConfig;
    /** Number of tokens per text, as the tokenizer gives them. */
    readonly tokens: number;
    readonly weights: WeightFiles;
  };
  readonly unet: { readonly config: UNetConfig; readonly weights: WeightFiles };
  readonly vae: { readonly config: VaeConfig; readonly weights: WeightFiles };
  /** A tiny autoencoder for the same latents; only its decoder is used. */
  readonly tinyVae?: { readonly config: VaeConfig; readonly weights: WeightFiles } | undefined;
}

export interface ModelOptions {
  /** See SessionOptions; by default large models are mapped and small ones prepacked. */
  readonly weights?: SessionOptions["weights"] | undefined;
  readonly threads?: number | undefined;
  /** Watches every layer of every network and is called after each run. A watched network is slower. */
  readonly onPeaks?: ((network: NetworkName, peaks: readonly Peak[]) => void) | undefined;
}

/** The largest magnitude in a layer's output. */
export interface Peak {
  /** The layer's path in the network. */
  readonly layer: string;
  readonly value: number;
}

/** Up to this size, all sessions of a model stay open at once. A full-size Stable Diffusion 2 is 5.2 GB. */
const SMALL_MODEL_BYTES = 1e9;

/**
 * Up to this size, a network's float32 weights are prepacked, a second copy in memory: 0.33 GB for Stable Diffusion 2's
 * VAE. Its UNet would take 3.4 GB more and ten seconds to open instead of 0.1, at about the same speed
 * (engine/README.md, Measured).
 */
const SMALL_NETWORK_BYTES = 5e8;

/** Reached by the VAE from about 860x860 pixels: at 1024x1024 it takes 2.6 GB without the arena and 3.6 GB with it. */
const LARGE_VALUE_BYTES = 7.5e8;

/** A few megabytes each: they stay open beside any other, so that a preview closes nothing. */
const TINY: ReadonlySet<NetworkName> = new Set(["tiny decoder", "preview decoder"]);

/** A network as it is opened: `once` runs per prompt; `step`, or its parts, in each step. */
interface NetworkParts {
  readonly step: Model;
  readonly once?: Model | undefined;
  readonly cut?: DeepModel | undefined;
}

/** A model prepared for one device: provides its networks as sessions and limits the memory they take. */
export class ModelOnDevice implements Networks {
  readonly #files: ModelFiles;
  readonly #device: Device;
  readonly #supervisor: Supervisor;
  readonly #options: ModelOptions;
  readonly #isSmall: boolean;
  #closedSeconds = 0;
  #tellWork: (work: NetworkWork) => void = () => {};
  /** The layers of each watched network. */
  readonly #layers = new Map<NetworkName, readonly string[]>();
  readonly #sessions = new Map<
    NetworkName,
    { readonly key: string; readonly session: DeviceSession }
  >();

  constructor(
    files: ModelFiles,
    device: Device,
    supervisor: Supervisor,
    options: ModelOptions = {},
  ) {
    this.#files = files;
    this.#device = device;
    this.#supervisor = supervisor;
    this.#options = options;
    const bytes = [files.textEncoder, files.unet, files.vae].map(({ weights }) =>
      memoryBytes(weights),
    );
    this.#isSmall = bytes.reduce((sum, size) => sum + size, 0) < SMALL_MODEL_BYTES;
  }

  textEncoder(batch: number): Session {
    const { config, tokens, weights } = this.#files.textEncoder;
    return this.#session("text encoder", `${batch}`, () =>
      this.#plan("text encoder", { step: textEncoder(config, { batch, tokens }) }, weights),
    );
  }

  unet({ batch, samples, height, width, reuse }: UNetSessionSize): Session {
    const { config, weights } = this.#files.unet;
    const { tokens } = this.#files.textEncoder;
    const isCut = reuse !== undefined && !this.#isWatched;
    const key = `${batch}x${height}x${width} of ${samples ?? batch}${isCut ? ", cut" : ""}`;
    const plan = (): SessionPlan => {
      const size = { batch, samples, height, width, tokens };
      const splits = this.#device.splitsOnce && !this.#isWatched;
      const whole = splits ? unetParts(config, size) : { step: unet(config, size) };
      const parts = { ...whole, step: this.#joined(whole.step, this.#loweringFor(weights)) };
      return this.#plan(
        "UNet",
        { ...parts, cut: isCut ? cutBeforeLast(parts.step) : undefined },
        weights,
      );
    };
    return this.#session("UNet", key, plan, reuse);
  }

  vaeDecoder(size: SessionSize): Session {
    const { config, weights } = this.#files.vae;
    const key = `${size.batch}x${size.height}x${size.width}`;
    return this.#session("VAE decoder", key, () =>
      this.#plan(
        "VAE decoder",
        { step: this.#joined(vaeDecoder(config, size), this.#device.vaeLowering) },
        weights,
      ),
    );
  }

  /** The tiny autoencoder's decoder, for pictures or for previews, which have another size. */
  tinyDecoder(name: "tiny decoder" | "preview decoder", size: SessionSize): Session {
    const { tinyVae } = this.#files;
    if (tinyVae === undefined) throw new Error("this model has no tiny decoder");
    const { config, weights } = tinyVae;
    const key = `${size.batch}x${size.height}x${size.width}`;
    return this.#session(name, key, () =>
      this.#plan(
        name,
        { step: this.#joined(vaeDecoder(config, size), this.#device.vaeLowering) },
        weights,
      ),
    );
  }

  vaeEncoder(size: SessionSize): Session {
    const { config, weights } = this.#files.vae;
    const key = `${size.batch}x${size.height}x${size.width}`;
    return this.#session("VAE encoder", key, () =>
      this.#plan(
        "VAE encoder",
        { step: this.#joined(vaeEncoder(config, size), this.#device.vaeLowering) },
        weights,
      ),
    );
  }

  /** Calls `told` before a network is opened and before it is run, in place of who was told before. */
  follow(told: (work: NetworkWork) => void): void {
    this.#tellWork = told;
  }

  /** Seconds spent on creating sessions so far. */
  get loadingSeconds(): number {
    const open = [...this.#sessions.values()].map(({ session }) => session.loadingSeconds);
    return open.reduce((sum, seconds) => sum + seconds, this.#closedSeconds);
  }

  /** Frees all memory. */
  async close(): Promise<void> {
    for (const { session } of this.#sessions.values()) await session.close();
    this.#sessions.clear();
  }

  /**
   * The session of a network at one size. It closes the same network at another size and, in a large model, other
   * networks.
   */
  #session(name: NetworkName, key: string, plan: () => SessionPlan, reuse?: LayerReuse): Session {
    return {
      run: async (inputs, signal) => {
        const session = await this.#sessionAt(name, key, plan);
        if (!session.isOpen) this.#tellWork({ network: name, isLoading: true });
        await session.open(signal);
        this.#tellWork({ network: name, isLoading: false });
        return this.#told(name, await session.run(inputs, signal, reuse));
      },
    };
  }

  async #sessionAt(
    name: NetworkName,
    key: string,
    plan: () => SessionPlan,
  ): Promise<DeviceSession> {
    const known = this.#sessions.get(name);
    if (known?.key === key) return known.session;
    await this.#makeRoomFor(name);
    const session = new DeviceSession(this.#supervisor, name, plan);
    this.#sessions.set(name, { key, session });
    return session;
  }

  /** A network's outputs without its peaks, which are reported. */
  #told(name: NetworkName, { [PEAKS]: peaks, ...outputs }: Tensors): Tensors {
    const layers = this.#layers.get(name) ?? [];
    if (peaks !== undefined) {
      const found = layers.map((layer, i) => ({ layer, value: peaks.data[i] ?? 0 }));
      this.#options.onPeaks?.(name, found);
    }
    return outputs;
  }

  async #makeRoomFor(name: NetworkName): Promise<void> {
    for (const [other, { session }] of this.#sessions) {
      const isKept = this.#isSmall || TINY.has(name) || TINY.has(other);
      if (isKept && other !== name) continue;
      this.#sessions.delete(other);
      this.#closedSeconds += session.loadingSeconds;
      await session.close();
    }
  }

  #plan(
    network: NetworkName,
    { step, once, cut }: NetworkParts,
    weights: WeightFiles,
  ): SessionPlan {
    const { provider, textLowering } = this.#device;
    const stored = findIn(weights);
    const isWatched = this.#isWatched;
    if (isWatched) this.#layers.set(network, layersOf(step));
    const encode = (part: Model, lowering: Lowering): Uint8Array =>
      encodeModel(lower(part, lowering, stored, { isWatched }));
    const lowering = this.#loweringFor(weights);
    return {
      step: encode(cut?.all ?? step, lowering),
      once: once && {
        graph: encode(once, textLowering),
        input: PROMPT_INPUT,
        outputs: once.outputs.map(({ name }) => name),
      },
      last: cut && {
        graph: encode(cut.last, lowering),
        deep: cut.deep,
        inputs: cut.last.inputs.map(({ name }) => name),
      },
      options: {
        provider,
        folder: folderOf(weights),
        weights: this.#weightsAre(weights),
        threads: this.#options.threads,
        makesAnew: lowering.transformsKernels,
        withoutArena: 4 * largestValue(step) > LARGE_VALUE_BYTES,
      },
    };
  }

  /** Operations are not fused where layers are watched one by one. */
  #joined(model: Model, { prepare }: Lowering): Model {
    return prepare === undefined || this.#isWatched ? model : prepare(model);
  }

  get #isWatched(): boolean {
    return this.#options.onPeaks !== undefined;
  }

  /** Int8 weights are prepacked: Stable Diffusion 2's steps are 1.3 times as fast, and it is ready in 0.8 s. */
  #weightsAre(weights: WeightFiles): SessionOptions["weights"] {
    if (this.#options.weights !== undefined) return this.#options.weights;
    const { provider, quantizing } = this.#device;
    const isQuantized = quantizing !== undefined && weights === this.#files.unet.weights;
    const isSmall = isQuantized || memoryBytes(weights) < SMALL_NETWORK_BYTES;
    return isSmall || provider !== "cpu" ? "prepacked" : "mapped";
  }

  #loweringFor(weights: WeightFiles): Lowering {
    const { vae, tinyVae, unet } = this.#files;
    const { lowering, mappedLowering, textLowering, vaeLowering } = this.#device;
    if (weights === vae.weights || weights === tinyVae?.weights) return vaeLowering;
    if (weights !== unet.weights) return textLowering;
    return this.#weightsAre(weights) === "mapped" ? (mappedLowering ?? lowering) : lowering;
  }
}
