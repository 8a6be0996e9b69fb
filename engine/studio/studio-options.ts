import type { CudaInstaller } from "../drawing/cuda.ts";
import type { Probe } from "../drawing/devices.ts";
import type { LentVault } from "../secrets/lent-vault.ts";
import type { LentKey } from "../serving/server-file.ts";
import type { AddressOf } from "./addresses.ts";
import type { ServingOptions } from "./serving-run.ts";
import type { LogError } from "./refusals.ts";

/** The options of a studio. */
export interface StudioOptions {
  /** Contains everything that is stored; only one studio may open it at a time. */
  readonly dataFolder: string;
  /** Makes the signed addresses of pictures. */
  readonly addressOf: AddressOf;
  /** Makes a one-time address of the studio. */
  readonly freshAddress: () => string | Promise<string>;
  /** Logs errors that are not shown anywhere else. */
  readonly logError: LogError;
  /** The desktop's vault for secrets. */
  readonly lentVault?: LentVault | undefined;
  /** Whether a picture is about to be requested, so that slow parts are started at once. */
  readonly isAboutToDraw?: boolean | undefined;
  /** For read-only commands: nothing is drawn, and devices are not probed. */
  readonly isPassive?: boolean | undefined;
  /** For a passive studio: whether endpoints draw what this program adds to the queue. */
  readonly drawsAtEndpoints?: boolean | undefined;
  /** Where float32 copies and preview maps are stored; the system's cache folder by default. */
  readonly cacheFolder?: string | undefined;
  /** Probes this machine's devices. */
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
