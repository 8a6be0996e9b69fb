import { Command } from "commander";
import { installCudaSupport } from "../drawing/cuda.ts";
import { note } from "./outcome.ts";

/** `cuda`: fetches what ONNX Runtime needs for NVIDIA cards, and says what else is missing. */
export function cudaCommand(signal: AbortSignal): Command {
  return new Command("cuda")
    .description(
      "Adds support for NVIDIA graphics cards (Linux x64): fetches ONNX Runtime's CUDA libraries.",
    )
    .option("--remove", "take them away again")
    .action(async ({ remove = false }: { remove?: boolean }) => {
      const { text, isReady } = await installCudaSupport({
        remove,
        signal,
        onProgress: showProgress,
      });
      process.stdout.write(`${text}\n`);
      process.exitCode = isReady ? 0 : 1;
    });
}

function showProgress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
  else note(line);
}
