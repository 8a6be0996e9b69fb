import { StudioError } from "../contract/errors.ts";
import type { Provider } from "./messages.ts";

/** What providers say when they cannot start, and what that means for a person. */
const WORDS: readonly {
  readonly provider: Provider;
  readonly says: RegExp;
  readonly means: string;
}[] = [
  {
    provider: "cuda",
    says: /failed to load shared library/i,
    means: "its libraries are not installed; `npm run cuda` adds them",
  },
  {
    provider: "webgpu",
    says: /failed to get a webgpu adapter|no supported adapters/i,
    means: "no graphics driver with Vulkan, Metal or Direct3D 12 was found",
  },
];

/** Why a provider cannot be used, in words; its own, less the place in its source, where they are not known. */
export function reasonInWords(provider: Provider, error: unknown): string {
  const raw = ownWords(error);
  const known = WORDS.find((entry) => entry.provider === provider && entry.says.test(raw));
  return known?.means ?? raw.replace(/^\/\S+:\d+ .*?was false\.\s*/, "");
}

function ownWords(error: unknown): string {
  if (!(error instanceof StudioError))
    return error instanceof Error ? error.message : String(error);
  return String(error.details["reason"] ?? error.message);
}
