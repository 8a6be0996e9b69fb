import { resolve } from "node:path";
import type { Command } from "commander";
import { placeOf } from "./bucket-place.ts";
import { followTransfer } from "./follow-transfer.ts";
import { printJson } from "./outcome.ts";
import { withStudio } from "./reach-studio.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

interface PublishFlags extends StudioFlags {
  readonly name?: string;
  readonly modelVersion: string;
  readonly int8?: boolean;
}

/** `bucket publish`: a model as the archive that OpenShift AI serves, in the notebook's layout. */
export function publishCommand(signal: AbortSignal): Command {
  return studioCommand("publish", "Puts a model's archive and config.properties into a bucket.")
    .argument("<model>", "an id of the store, or a folder in diffusers layout")
    .argument("<place>", "CONNECTION, or CONNECTION/PREFIX")
    .option("--name <name>", "the model's name in TorchServe; its id by default")
    .option("--model-version <version>", "the model's version in TorchServe", "1.0")
    .option("--int8", "add int8 weights: larger, but ready sooner when Darkroom serves it")
    .action((model: string, place: string, flags: PublishFlags) =>
      withStudio(flags.dataDir, async (studio) => {
        const { client } = studio;
        const isJson = flags.json === true;
        const { connection, bucket, key: prefix } = await placeOf(client, place);
        const stored = (await client.models.list()).some(({ id }) => id === model);
        const { transferId, path } = await client.buckets.publish({
          model: stored ? model : resolve(model),
          connectionId: connection.id,
          bucket,
          prefix,
          name: flags.name,
          version: flags.modelVersion,
          int8: flags.int8,
        });
        await followTransfer(studio, { transferId, signal, isJson });
        if (isJson) printJson({ type: "done", path });
        else process.stdout.write(`${path}\n`);
      }),
    );
}
