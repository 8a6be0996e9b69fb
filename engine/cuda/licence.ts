import { readFile } from "node:fs/promises";

/** A licence that must be accepted before anything is downloaded. */
export interface Licence {
  readonly title: string;
  /** Its address at the publisher. */
  readonly url: string;
  readonly text: string;
}

// The exact texts in the pinned wheels of cuBLAS and cuDNN.
const LICENCES = [
  {
    title: "NVIDIA CUDA Toolkit End User License Agreement",
    url: "https://docs.nvidia.com/cuda/eula/",
    file: "cuda.txt",
  },
  {
    title: "NVIDIA cuDNN Software License Agreement",
    url: "https://docs.nvidia.com/deeplearning/cudnn/latest/reference/eula.html",
    file: "cudnn.txt",
  },
];

/** NVIDIA's licences for its libraries. ONNX Runtime's licence, MIT, needs no consent. */
export function readLicences(): Promise<readonly Licence[]> {
  return Promise.all(
    LICENCES.map(async ({ title, url, file }) => {
      const place = new URL(`../../assets/nvidia/${file}`, import.meta.url);
      return { title, url, text: await readFile(place, "utf8") };
    }),
  );
}
