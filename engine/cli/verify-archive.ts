import { resolve } from "node:path";
import { Command } from "commander";
import {
  checkArchive,
  findModel,
  openArchive,
  type LocalArchive,
} from "../archive-files/archive.ts";
import type { DeploymentCheck } from "../contract/archives.ts";
import { StudioError, toWire } from "../contract/errors.ts";
import { tryModel, type Trial } from "../drawing/half-precision.ts";
import { drawableFolder } from "../drawing/unpacked-archive.ts";
import { describe } from "./describe-archive.ts";
import { tellChecks } from "./check-deployment.ts";
import { printJson, progressLine } from "./outcome.ts";
import { readArchivedModel } from "../archive-files/archived-snapshot.ts";

interface VerifyFlags {
  readonly draw?: boolean;
  readonly json?: boolean;
}

/** One check. `run` resolves to what was found, in a few words, or rejects with what is wrong. */
interface Check {
  readonly name: string;
  readonly run: () => Promise<string>;
}

/** `archive verify`: checks an archive and its model, one check after another until one fails. */
export function verifyCommand(signal: AbortSignal): Command {
  return new Command("verify")
    .description(
      "Reads every byte of an archive and its model, and prints the result of each check.",
    )
    .argument("<file>", "the archive")
    .option("--draw", "also draw a picture with its model")
    .option("--json", "one JSON object per line")
    .action(async (file: string, { draw = false, json = false }: VerifyFlags) => {
      const path = resolve(file);
      let tried: Trial | undefined;
      const drawn: Check = {
        name: "drawing",
        run: async () => {
          tried = await tryModel(await drawableFolder(path, { signal }), signal);
          return trialInWords(tried);
        },
      };
      const checks = checksOf(path, signal);
      const failure = await runChecks(draw ? [...checks, drawn] : checks, json);
      const archive = await openArchive(path).catch(() => undefined);
      const isDeployable =
        archive !== undefined &&
        (await tellDeployable(archive, tried === undefined ? [] : [tried.check], json));
      if (json) printJson({ type: "done", isSound: failure === undefined, isDeployable });
      if (failure !== undefined) process.exitCode = 1;
    });
}

function checksOf(path: string, signal: AbortSignal): readonly Check[] {
  const opened = once(() => openArchive(path));
  const model = once(async () => findModel(await opened()));
  return [
    {
      name: "directory",
      run: async () => {
        const { container, format } = await opened();
        return `${format}, ${container.members.length} files`;
      },
    },
    { name: "manifest", run: async () => manifestInWords(await opened()) },
    {
      name: "checksums",
      run: async () => {
        const { container } = await opened();
        const bytes = await checkArchive(container, counting("Reading", signal));
        return `${bytes} bytes are as the archive says`;
      },
    },
    {
      name: "model",
      run: async () => {
        const { zip, files } = await model();
        return `${files.length} files${zip === undefined ? "" : ` in ${zip}`}`;
      },
    },
    {
      name: "model checksums",
      run: async () => {
        const found = await model();
        const bytes = await checkArchive(found.container, counting("Reading the model", signal));
        return `${bytes} bytes are as the archive says`;
      },
    },
    { name: "snapshot", run: async () => (await readArchivedModel(await model())).description },
  ];
}

/** Runs checks until one fails, and resolves to its error: later checks need what earlier ones find. */
async function runChecks(checks: readonly Check[], isJson: boolean): Promise<unknown> {
  for (const { name, run } of checks) {
    try {
      tellCheck({ name, isSound: true, found: await run() }, isJson);
    } catch (error) {
      if (!(error instanceof StudioError)) throw error;
      const { code, message } = toWire(error);
      tellCheck({ name, isSound: false, found: message, code }, isJson);
      return error;
    }
  }
  return undefined;
}

/** Prints what prevents an archive from being served, even with intact bytes. Resolves to whether it can be. */
async function tellDeployable(
  archive: LocalArchive,
  more: readonly DeploymentCheck[],
  isJson: boolean,
): Promise<boolean> {
  const checks = [...(await describe(archive)).checks, ...more];
  if (!isJson) process.stdout.write("Deployable?\n");
  return tellChecks(checks, isJson);
}

interface Outcome {
  readonly name: string;
  readonly isSound: boolean;
  readonly found: string;
  readonly code?: string;
}

function tellCheck(outcome: Outcome, isJson: boolean): void {
  const { name, isSound, found } = outcome;
  if (isJson) printJson({ type: "check", ...outcome });
  else process.stdout.write(`${isSound ? "ok     " : "failed "} ${name}: ${found}\n`);
}

function manifestInWords({ manifest, absent, container }: LocalArchive): string {
  const { modelName, modelVersion } = manifest.model;
  if (absent.length > 0) {
    const reason = `it names ${absent.join(", ")}, which the archive lacks`;
    throw new StudioError("ARCHIVE_MANIFEST_INVALID", { file: container.name, reason });
  }
  return `${modelName ?? "no name"}, version ${modelVersion ?? "not given"}`;
}

function trialInWords({ outcome }: Trial): string {
  if ("refusal" in outcome) throw outcome.refusal;
  const { width, height, device } = outcome.record;
  return `${width}x${height} on ${device}, ${outcome.seconds.toFixed(1)} s for two steps`;
}

function counting(what: string, signal: AbortSignal): (done: number, total: number) => void {
  return (done, total) => {
    signal.throwIfAborted();
    progressLine(`${what}: ${total === 0 ? 100 : Math.floor((100 * done) / total)} %`);
  };
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}
