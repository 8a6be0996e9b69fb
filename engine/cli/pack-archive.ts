import { resolve } from "node:path";
import { Option, type Command } from "commander";
import { openArchive } from "../archive-files/archive.ts";
import { PACK_FORMS, type PackForm } from "../contract/archives.ts";
import { formatBytes } from "../files/disk-full.ts";
import { followTransfer, withTransfer } from "./follow-transfer.ts";
import { printJson } from "./outcome.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

interface PackFlags extends StudioFlags {
  readonly out: string;
  readonly form: PackForm;
  readonly name?: string;
  readonly modelVersion: string;
  readonly handler?: string;
  readonly requirements?: string;
  readonly int8?: boolean;
  readonly force?: boolean;
}

/** `archive pack`: a model as the archive that TorchServe serves. */
export function packCommand(signal: AbortSignal): Command {
  return studioCommand("pack", "Makes an archive for TorchServe from a model.")
    .argument("<model>", "an id of the store, or a folder in diffusers layout")
    .requiredOption("--out <file>", "the archive, such as stable-diffusion.mar")
    .addOption(
      new Option("--form <form>", "how it is packed: `notebook` has the model as model.zip inside")
        .choices(PACK_FORMS)
        .default("notebook"),
    )
    .option("--name <name>", "the model's name in TorchServe; the file's own by default")
    .option("--model-version <version>", "the model's version in TorchServe", "1.0")
    .option("--handler <file>", "a Python file instead of Darkroom's handler")
    .option("--requirements <file>", "a file instead of Darkroom's requirements.txt")
    .option("--int8", "add int8 weights: larger, but ready sooner when Darkroom serves it")
    .option("--force", "replace an archive that exists")
    .action((model: string, flags: PackFlags) =>
      withTransfer(flags.dataDir, signal, async (studio, begun) => {
        const { form, name, modelVersion: version, int8, force } = flags;
        const [out, handler, requirements] = [flags.out, flags.handler, flags.requirements].map(
          (path) => (path === undefined ? undefined : resolve(path)),
        );
        const paths = { out: out ?? "", handler, requirements };
        const stored = (await studio.client.models.list()).some(({ id }) => id === model);
        const { transferId } = await studio.client.archives.pack({
          ...paths,
          model: stored ? model : resolve(model),
          form,
          name,
          version,
          int8,
          force,
        });
        begun(transferId);
        await followTransfer(studio, { transferId, signal, isJson: flags.json === true });
        await tellDone(paths.out, flags.json === true);
      }),
    );
}

async function tellDone(path: string, isJson: boolean): Promise<void> {
  const { sizeBytes, format } = await openArchive(path);
  if (isJson) printJson({ type: "done", path, format, sizeBytes });
  else process.stdout.write(`${path}: ${format}, ${formatBytes(sizeBytes)}\n`);
}
