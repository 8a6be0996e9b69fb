import { resolve } from "node:path";
import type { Command } from "commander";
import { StudioError } from "../contract/errors.ts";
import type { CatalogueEntry } from "../contract/catalogue.ts";
import { repositoryIdSchema, type StoredModel } from "../contract/models.ts";
import type { StudioClient } from "../contract/studio-client.ts";
import { followTransfer } from "./follow-transfer.ts";
import { aboutTime } from "./about-time.ts";
import { megabytes } from "./megabytes.ts";
import { note, printResult } from "./outcome.ts";
import { withStudio } from "./reach-studio.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

/** The subcommands of `models` for the store. */
export function storeCommands(signal: AbortSignal): Command[] {
  return [list(), catalogue(), importFolder(signal), download(signal), verify(signal), remove()];
}

function list(): Command {
  return studioCommand("list", "Lists the models of the store.").action(listStore);
}

/** Prints the models in a studio's store. */
export function listStore({ dataDir, json }: StudioFlags): Promise<void> {
  return withStudio(dataDir, async ({ client }) => {
    for (const model of await client.models.list()) {
      printResult(json, { type: "model", ...model }, storedInWords(model));
    }
  });
}

function catalogue(): Command {
  return studioCommand(
    "catalogue",
    "Lists the models that can be downloaded by a short name, and what a picture needs here.",
  ).action(({ dataDir, json }: StudioFlags) =>
    withStudio(dataDir, async ({ client }) => {
      // The expected times need the device's speed.
      await client.devices.list({});
      for (const entry of await client.models.catalogue()) {
        printResult(json, { type: "catalogue-entry", ...entry }, entryInWords(entry));
      }
    }),
  );
}

function importFolder(signal: AbortSignal): Command {
  return studioCommand(
    "import",
    "Copies a folder in diffusers layout, or an archive's model, into the store.",
  )
    .argument("<path>", "a folder or a .mar")
    .action((folder: string, flags: StudioFlags) =>
      withStudio(flags.dataDir, async (studio) => {
        const { transferId } = await studio.client.models.import({ folder: resolve(folder) });
        await followTransfer(studio, { transferId, signal, isJson: flags.json === true });
      }),
    );
}

type DownloadFlags = StudioFlags & { readonly variant?: string; readonly revision?: string };

function download(signal: AbortSignal): Command {
  return studioCommand(
    "download",
    "Downloads a model of the catalogue, or any repository of the hub.",
  )
    .argument("<name>", "a name of `models catalogue`, or owner/name")
    .option("--variant <name>", "such as fp16")
    .option("--revision <name>", "a branch, tag or commit of a repository")
    .action((name: string, { dataDir, json, variant, revision }: DownloadFlags) =>
      withStudio(dataDir, async (studio) => {
        const { models } = studio.client;
        const isRepository = repositoryIdSchema.safeParse(name).success;
        if (!isRepository) await showLicence(studio.client, name);
        const { transferId } = isRepository
          ? await models.download({ repository: name, variant, revision })
          : await models.download({ catalogueId: name, variant });
        await followTransfer(studio, { transferId, signal, isJson: json === true });
      }),
    );
}

async function showLicence(client: StudioClient, id: string): Promise<void> {
  const entry = (await client.models.catalogue()).find((one) => one.id === id);
  if (entry === undefined) throw new StudioError("NOT_FOUND", { what: "model", id });
  note(`${entry.title} comes under ${entry.licence.title}: ${entry.licence.address}`);
  if (!entry.hasSafetyChecker) note("It has no checker for pictures that are not safe for work.");
}

function verify(signal: AbortSignal): Command {
  return studioCommand("verify", "Reads a model's files again and compares them with their hashes.")
    .argument("<id>", "the model's id in `models list`")
    .action((id: string, { dataDir, json }: StudioFlags) =>
      withStudio(dataDir, async (studio) => {
        const { transferId } = await studio.client.models.verify({ id });
        await followTransfer(studio, { transferId, signal, isJson: json === true });
      }),
    );
}

function remove(): Command {
  return studioCommand("remove", "Deletes a model's files permanently.")
    .argument("<id>", "the model's id in `models list`")
    .action((id: string, { dataDir }: StudioFlags) =>
      withStudio(dataDir, ({ client }) => client.models.remove({ id })),
    );
}

function storedInWords({ id, summary, problem, lost = [], diskBytes, fit }: StoredModel): string {
  const what = summary?.description ?? problem?.message ?? "";
  const size = `${megabytes(diskBytes)} MB, ${fit.verdict}: ${fit.reason}`;
  return [id, what, size, ...lost].join("\n  ");
}

function entryInWords({ id, licence, downloadBytes, storedId, ...entry }: CatalogueEntry): string {
  const there = storedId === undefined ? "" : ", in the store";
  const { title, description, fit, estimate, fastSeconds, untimed } = entry;
  const fast = fastSeconds === undefined ? "" : `, ${aboutTime(fastSeconds)} with Fast`;
  return [
    id,
    `${title}: ${description}`,
    `${megabytes(downloadBytes)} MB, ${licence.title}${there}`,
    `${fit.verdict}: ${fit.reason}`,
    estimate === undefined
      ? `Time not measured. ${untimed}`
      : `about ${aboutTime(estimate.seconds)} a picture${fast} (${estimate.basis})`,
  ].join("\n  ");
}
