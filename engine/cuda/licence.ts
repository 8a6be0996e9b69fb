import { readFile } from "node:fs/promises";

/** A licence that is accepted before anything is fetched. */
export interface Licence {
  readonly title: string;
  /** Where its publisher has it. */
  readonly url: string;
  readonly text: string;
}

// Word for word as in the pinned wheels of cuBLAS and cuDNN.
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

/** NVIDIA's licences for its libraries. ONNX Runtime's own, MIT, asks for no consent. */
export function readLicences(): Promise<readonly Licence[]> {
  return Promise.all(
    LICENCES.map(async ({ title, url, file }) => {
      const place = new URL(`../../assets/nvidia/${file}`, import.meta.url);
      return { title, url, text: await readFile(place, "utf8") };
    }),
  );
}
