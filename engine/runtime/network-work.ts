/** The networks of a model on a device. */
export type NetworkName =
  | "text encoder"
  | "UNet"
  | "VAE decoder"
  | "VAE encoder"
  | "tiny decoder"
  | "preview decoder";

/** A network that begins to be opened, or to be run. */
export interface NetworkWork {
  readonly network: NetworkName;
  readonly isLoading: boolean;
}
