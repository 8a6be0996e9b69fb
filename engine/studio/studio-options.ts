import type { CudaInstaller } from "../drawing/cuda.ts";
import type { Probe } from "../drawing/devices.ts";
import type { LentVault } from "../secrets/lent-vault.ts";
import type { LentKey } from "../serving/server-file.ts";
import type { AddressOf } from "./addresses.ts";
import type { ServingOptions } from "./serving-run.ts";
import type { LogError } from "./refusals.ts";

/** What whoever opens a studio decides. */
export interface StudioOptions {
  /** Everything that is kept lies in it; whoever opens a studio owns it alone. */
  readonly dataFolder: string;
  /** Makes the addresses under which pages see pictures. */
  readonly addressOf: AddressOf;
  /** Makes a one-time address of the studio. */
  readonly freshAddress: () => string | Promise<string>;
  /** Told of mistakes of ours, which nobody else sees. */
  readonly logError: LogError;
  /** What the desktop lends for secrets. */
  readonly lentVault?: LentVault | undefined;
  /** Whether a picture is about to be asked for: what takes long to start is started at once. */
  readonly isAboutToDraw?: boolean | undefined;
  /** For commands that only look: nothing is drawn, and no device is tried. */
  readonly isPassive?: boolean | undefined;
  /** Of a passive one: whether endpoints draw what this program puts into the queue. */
  readonly drawsAtEndpoints?: boolean | undefined;
  /** Where float32 copies and preview maps are kept; the system's own place by default. */
  readonly cacheFolder?: string | undefined;
  /** Tries this machine's devices. */
  readonly probe?: Probe | undefined;
  /** Brings support for NVIDIA cards; this machine's own way by default. */
  readonly cuda?: CudaInstaller | undefined;
  readonly now?: (() => Date) | undefined;
  /** The inference server of this run; absent, it does not listen until somebody starts it. */
  readonly serving?: ServingOptions | undefined;
  /** Keys to it of this run. */
  readonly lentKeys?: readonly LentKey[] | undefined;
  /** What else is damaged now, for a person. */
  readonly notices?: (() => readonly string[]) | undefined;
}
