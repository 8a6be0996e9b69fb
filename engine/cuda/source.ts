/** A package whose every byte is known: its address, its length, and its SHA-512 in base64. */
export interface PackagePin {
  readonly url: string;
  readonly sizeBytes: number;
  readonly sha512: string;
}

/** One library inside the package: its path there, the name it gets here, and its sizes. */
export interface PackagedLibrary {
  readonly path: string;
  readonly name: string;
  /** What is reserved on the disk for it before anything is fetched. */
  readonly expectedBytes: number;
  /** More than this is never unpacked. */
  readonly maxBytes: number;
}

/** Where the CUDA libraries come from. */
export interface CudaSource {
  readonly id: string;
  readonly version: string;
  /** The service index of the feed, where the publisher's statement is found (statement.ts). */
  readonly index: string;
  /** Set where the bytes are known beforehand; then no statement is asked for. */
  readonly pin?: PackagePin;
  readonly libraries: readonly PackagedLibrary[];
}

const NATIVE = "runtimes/linux-x64/native";
const MiB = 1024 * 1024;

/**
 * The GPU package that belongs to onnxruntime-node 1.30.0, from that package's own
 * script/install-metadata.js; TensorRT's library is left out. The version moves with
 * onnxruntime-node: provider and core must be of one build.
 *
 * It carries no `pin`: no SHA-512 of this package could be had from a source of which we are
 * certain, and a wrong one would lock everybody out. The publisher's own statement over TLS stands
 * in, kept from the first use on. That catches damage and a changed package, but not a feed that
 * lied from the start; a known hash put here as `pin` closes that gap.
 */
export const CUDA_SOURCE: CudaSource = {
  id: "Microsoft.ML.OnnxRuntime.Gpu.Linux",
  version: "1.30.0",
  index: "https://api.nuget.org/v3/index.json",
  libraries: [
    {
      path: `${NATIVE}/libonnxruntime_providers_shared.so`,
      name: "libonnxruntime_providers_shared.so",
      expectedBytes: 16 * 1024,
      maxBytes: MiB,
    },
    {
      path: `${NATIVE}/libonnxruntime_providers_cuda.so`,
      name: "libonnxruntime_providers_cuda.so",
      expectedBytes: 272 * 1_000_000,
      maxBytes: 640 * MiB,
    },
  ],
};
