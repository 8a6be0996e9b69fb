import { createInterface } from "node:readline/promises";
import { Command } from "commander";
import { StudioError } from "../contract/errors.ts";
import { packageIndex } from "../cuda/package-index.ts";
import { formatCudaReport } from "../cuda/report.ts";
import type { CudaNeeds } from "../cuda/needs.ts";
import { cudaInstaller, type CudaInstaller } from "../drawing/cuda.ts";
import { megabytes } from "./megabytes.ts";
import { note, progressLine } from "./outcome.ts";

interface CudaFlags {
  readonly index?: string;
  readonly acceptLicence?: boolean;
  readonly withoutDevice?: boolean;
  readonly remove?: boolean;
  readonly dataDir?: string;
}

type Progress = Parameters<NonNullable<Parameters<CudaInstaller["install"]>[0]["onProgress"]>>[0];

/** `cuda`: installs what ONNX Runtime needs for NVIDIA cards, and says what else is missing. */
export function cudaCommand(signal: AbortSignal): Command {
  return new Command("cuda")
    .description(
      "Adds support for NVIDIA graphics cards (Linux x64): ONNX Runtime's CUDA provider and NVIDIA's libraries; all but the driver.",
    )
    .option("--accept-licence", "accept NVIDIA's licence without being asked, for scripts")
    .option("--index <url>", "a mirror of the Python package index; PIP_INDEX_URL by default")
    .option("--without-device", "succeed where no card works, as when an image is built")
    .option("--remove", "remove everything that was added")
    .option(
      "--data-dir <dir>",
      "Darkroom's data folder (default: DARKROOM_HOME, or the platform's usual place)",
    )
    .action(async ({ index, acceptLicence, withoutDevice = false, remove, dataDir }: CudaFlags) => {
      const installer = cudaInstaller(dataDir);
      if (remove === true) return removeIt(installer);
      const report = await installer.install({
        index: packageIndex(index),
        acceptsLicence: acceptLicence === true || (await isAccepted(installer, signal)),
        onProgress: showProgress,
        signal,
      });
      process.stdout.write(`${formatCudaReport(report)}\n`);
      process.exitCode = report.probe.ok || withoutDevice ? 0 : 1;
    });
}

async function removeIt(installer: CudaInstaller): Promise<void> {
  const isRemoved = await installer.remove();
  process.stdout.write(isRemoved ? "CUDA support was removed.\n" : "There was no CUDA support.\n");
}

/** Shows NVIDIA's licences and what would be downloaded, and asks, if someone can type. */
async function isAccepted(installer: CudaInstaller, signal: AbortSignal): Promise<boolean> {
  const offer = await installer.offer();
  if (offer.isInstalled) return false;
  if (!process.stdin.isTTY) throw new StudioError("CUDA_LICENCE", {});
  for (const { title, url, text } of offer.licences) note(`${title}\n${url}\n\n${text}\n`);
  note(inWords(offer));
  const input = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await input.question("Do you accept both licences? (yes/no) ", { signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    input.close();
  }
}

function inWords({ downloadBytes, installedBytes, freeBytes }: CudaNeeds): string {
  const [download, installed, free] = [downloadBytes, installedBytes, freeBytes].map(megabytes);
  return `Download size ${download} MB; ${installed} MB on disk; ${free} MB free.`;
}

function showProgress(progress: Progress): void {
  switch (progress.stage) {
    case "checking":
      return progressLine("Checking what is installed");
    case "planned":
      return note(inWords(progress));
    case "downloading":
      return progressLine(downloadInWords(progress));
    case "unpacking":
      return progressLine(`Unpacking ${progress.name}`);
    case "probing":
      return progressLine("Running a test calculation on the device");
  }
}

function downloadInWords(progress: Extract<Progress, { stage: "downloading" }>): string {
  const { receivedBytes, totalBytes, bytesPerSecond, secondsLeft } = progress;
  const rate = bytesPerSecond === null ? "" : `, ${megabytes(bytesPerSecond)} MB/s`;
  const left = secondsLeft === null ? "" : `, ${secondsLeft.toFixed(0)} s left`;
  return `Downloading: ${megabytes(receivedBytes)} of ${megabytes(totalBytes)} MB${rate}${left}`;
}
