/** A wheel (a zip file) with known contents, and the libraries that are taken from it. */
export interface Wheel {
  /** Its project's name on a package index. */
  readonly project: string;
  readonly file: string;
  readonly sizeBytes: number;
  /** Hexadecimal, as the index states it. */
  readonly sha256: string;
  readonly libraries: readonly PackagedLibrary[];
}

/** One library inside a wheel: its path there, and its size. */
export interface PackagedLibrary {
  readonly path: string;
  readonly sizeBytes: number;
}

/** ONNX Runtime's CUDA provider, and all libraries that it needs on a machine that only has NVIDIA's driver. */
export interface CudaSource {
  /** ONNX Runtime's version: provider and core must be from the same build. */
  readonly version: string;
  readonly wheels: readonly Wheel[];
}

const CUDA = "nvidia/cu13/lib";
const CUDNN = "nvidia/cudnn/lib";

/**
 * For Linux x64, from the public package index. The provider is built for CUDA 13.0; NVIDIA's libraries are from that
 * release, so that no newer driver is required. The provider does not load cuFFT or nvJitLink. cuDNN loads its parts
 * by name, depending on what it has to compute, so all of them are listed.
 */
export const CUDA_SOURCE: CudaSource = {
  version: "1.30.0",
  wheels: [
    {
      project: "nvidia-cublas",
      file: "nvidia_cublas-13.1.0.3-py3-none-manylinux_2_27_x86_64.whl",
      sizeBytes: 423_133_236,
      sha256: "ee8722c1f0145ab246bccb9e452153b5e0515fd094c3678df50b2a0888b8b171",
      libraries: [
        { path: `${CUDA}/libcublas.so.13`, sizeBytes: 54_177_976 },
        { path: `${CUDA}/libcublasLt.so.13`, sizeBytes: 541_595_600 },
      ],
    },
    {
      project: "nvidia-cudnn-cu13",
      file: "nvidia_cudnn_cu13-9.20.0.48-py3-none-manylinux_2_27_x86_64.whl",
      sizeBytes: 366_173_588,
      sha256: "0c45dd8eeb50b603f07995b1b300c62ffe6a1980482b82b3bcf94a4ca9d49304",
      libraries: [
        { path: `${CUDNN}/libcudnn.so.9`, sizeBytes: 129_240 },
        { path: `${CUDNN}/libcudnn_adv.so.9`, sizeBytes: 109_169_104 },
        { path: `${CUDNN}/libcudnn_cnn.so.9`, sizeBytes: 4_203_904 },
        { path: `${CUDNN}/libcudnn_engines_precompiled.so.9`, sizeBytes: 245_391_920 },
        { path: `${CUDNN}/libcudnn_engines_runtime_compiled.so.9`, sizeBytes: 29_386_664 },
        { path: `${CUDNN}/libcudnn_graph.so.9`, sizeBytes: 4_460_192 },
        { path: `${CUDNN}/libcudnn_heuristic.so.9`, sizeBytes: 60_822_040 },
        { path: `${CUDNN}/libcudnn_ops.so.9`, sizeBytes: 39_855_888 },
      ],
    },
    {
      project: "onnxruntime-gpu",
      // The wheels for other Python versions contain the same provider.
      file: "onnxruntime_gpu-1.30.0-cp312-cp312-manylinux_2_28_x86_64.whl",
      sizeBytes: 246_685_715,
      sha256: "6acc0f4b3d5ac5f2984432faa59dd8fcce6775f8b43a7140afa0f322c7a703b1",
      libraries: [
        { path: "onnxruntime/capi/libonnxruntime_providers_cuda.so", sizeBytes: 272_049_904 },
        { path: "onnxruntime/capi/libonnxruntime_providers_shared.so", sizeBytes: 14_632 },
      ],
    },
    {
      project: "nvidia-cuda-nvrtc",
      file: "nvidia_cuda_nvrtc-13.0.88-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
      sizeBytes: 90_215_200,
      sha256: "ad9b6d2ead2435f11cbb6868809d2adeeee302e9bb94bcf0539c7a40d80e8575",
      libraries: [
        { path: `${CUDA}/libnvrtc.so.13`, sizeBytes: 109_338_064 },
        { path: `${CUDA}/libnvrtc-builtins.so.13.0`, sizeBytes: 4_380_616 },
      ],
    },
    {
      project: "nvidia-curand",
      file: "nvidia_curand-10.4.0.35-py3-none-manylinux_2_27_x86_64.whl",
      sizeBytes: 59_544_258,
      sha256: "1aee33a5da6e1db083fe2b90082def8915f30f3248d5896bcec36a579d941bfc",
      libraries: [{ path: `${CUDA}/libcurand.so.10`, sizeBytes: 132_698_328 }],
    },
    {
      project: "nvidia-cuda-runtime",
      file: "nvidia_cuda_runtime-13.0.96-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
      sizeBytes: 2_243_632,
      sha256: "7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548",
      libraries: [{ path: `${CUDA}/libcudart.so.13`, sizeBytes: 704_288 }],
    },
  ],
};

/** A library's name in the installed folder. */
export function nameOf({ path }: PackagedLibrary): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Bytes of a wheel's libraries on the disk. */
export function unpackedBytes({ libraries }: Wheel): number {
  return libraries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
