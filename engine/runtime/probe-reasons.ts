import { CUDA_NOT_ADDED } from "../contract/devices.ts";
import { StudioError } from "../contract/errors.ts";
import type { Provider } from "./messages.ts";
import { hasNvidiaCard } from "./nvidia-card.ts";

const NO_CARD = "no NVIDIA card was found";

/** Without a card, the libraries that are missing would not help. */
export async function orNoCard(reason: string): Promise<string> {
  return reason === CUDA_NOT_ADDED && (await hasNvidiaCard()) === false ? NO_CARD : reason;
}

/** Parts of providers' messages when they cannot start, and the reasons that are shown instead. */
const WORDS: readonly {
  readonly provider: Provider;
  readonly says: RegExp;
  readonly means: string;
}[] = [
  {
    provider: "cuda",
    says: /libcuda\.so\.1: cannot open/,
    means: "NVIDIA's driver is not installed",
  },
  {
    provider: "cuda",
    says: /libonnxruntime_providers_\w+\.so: cannot open/,
    means: CUDA_NOT_ADDED,
  },
  {
    provider: "cuda",
    says: /driver version is insufficient/i,
    means: "NVIDIA's driver is too old; CUDA 13 needs version 580 or newer",
  },
  {
    provider: "cuda",
    says: /no CUDA-capable device/i,
    means: NO_CARD,
  },
  {
    provider: "cuda",
    says: /no kernel image is available/i,
    means: "the card is too old for CUDA 13; it needs compute capability 7.5 or more",
  },
  {
    provider: "webgpu",
    says: /failed to get a webgpu adapter|no supported adapters/i,
    means: "no graphics driver with Vulkan, Metal or Direct3D 12 was found",
  },
];

/** The name of a library that the loader could not find. */
const LACKS = /(lib[\w.+-]+): cannot open shared object file/;

/**
 * Why a provider cannot be used, in our words if its message is known, otherwise its own message without the source
 * location. `lastWords` is the process's other output, in which ONNX Runtime names a missing library.
 */
export function reasonInWords(provider: Provider, error: unknown, lastWords = ""): string {
  const raw = ownWords(error);
  const isLoading = /failed to load shared library/i.test(raw);
  const said = `${wholeWords(error)} ${isLoading ? lastWords : ""}`;
  const known = WORDS.find((entry) => entry.provider === provider && entry.says.test(said));
  const lacking = LACKS.exec(said)?.[1];
  if (known === undefined && lacking !== undefined)
    return `the library ${lacking} is not installed`;
  return known?.means ?? raw.replace(/^\/\S+:\d+ .*?was false\.\s*/, "");
}

/** The error's full text: ONNX Runtime can put the provider's message after a description of what it was doing. */
function wholeWords(error: unknown): string {
  const { cause } = error instanceof Error ? error : {};
  return typeof cause === "string" ? cause : ownWords(error);
}

/** A refusal's reason, or an error's message. */
export function ownWords(error: unknown): string {
  if (!(error instanceof StudioError))
    return error instanceof Error ? error.message : String(error);
  return String(error.details["reason"] ?? error.message);
}
