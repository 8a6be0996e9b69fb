import { type Command, Option } from "commander";
import { StudioError } from "../contract/errors.ts";
import type { NewServerKey, ServerKey } from "../contract/server.ts";
import type { StudioClient } from "../contract/studio-client.ts";
import { listingGroup } from "./listing-group.ts";
import { note, printResult } from "./outcome.ts";
import { withStudio } from "./reach-studio.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

/** `keys`: the keys of this machine's inference server. */
export function keysCommand(): Command {
  return listingGroup("keys", list())
    .description("Lists, makes and removes the keys of this computer's inference server.")
    .addCommand(add())
    .addCommand(remove());
}

function list(): Command {
  return studioCommand("list", "Lists the keys.").action(({ dataDir, json }: StudioFlags) =>
    withStudio(dataDir, async ({ client }) => {
      for (const key of await client.server.keys()) {
        printResult(json, { type: "key", ...key }, inWords(key));
      }
    }),
  );
}

interface AddFlags extends StudioFlags {
  readonly management?: boolean;
  readonly keepPictures?: boolean;
  readonly notebookProfile?: boolean;
  readonly seedProfile?: boolean;
}

function add(): Command {
  return studioCommand("add", "Makes a key and prints it once.")
    .argument("<name>", "who or what it is for")
    .option("--management", "it can also load and unload models")
    .option("--keep-pictures", "its pictures are added to the gallery")
    .option(
      "--notebook-profile",
      "its replies have the form of the KServe example: output0, fp16, 42",
    )
    .addOption(new Option("--seed-profile", "the same, by its old name").hideHelp())
    .action((name: string, flags: AddFlags) =>
      withStudio(flags.dataDir, async ({ client }) => {
        const { key, secret } = await client.server.addKey(wanted(name, flags));
        printResult(flags.json, { type: "key", ...key, secret }, secret);
        note("Copy it now: it cannot be shown again.");
      }),
    );
}

function wanted(name: string, flags: AddFlags): NewServerKey {
  return {
    name,
    scopes: flags.management === true ? ["inference", "management"] : ["inference"],
    keepsPictures: flags.keepPictures === true,
    isSeedProfile: flags.notebookProfile === true || flags.seedProfile === true,
  };
}

function remove(): Command {
  return studioCommand("remove", "Removes a key.")
    .argument("<id|name>", "the key's ID or name")
    .action((which: string, { dataDir }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => {
        await client.server.removeKey({ id: await idOf(client, which) });
      }),
    );
}

/** The id of the key with this id, or of the only one with this name. */
async function idOf(client: StudioClient, which: string): Promise<string> {
  const keys = await client.server.keys();
  const [found, another] = keys.filter(({ id, name }) => id === which || name === which);
  if (found === undefined) throw new StudioError("NOT_FOUND", { what: "key", id: which });
  if (another === undefined) return found.id;
  const reason = "several keys have this name; use the ID";
  throw new StudioError("REQUEST_INVALID", { field: "The name", value: which, reason });
}

function inWords({ id, name, scopes, keepsPictures, lastUsedAt }: ServerKey): string {
  const use = lastUsedAt === undefined ? "never used" : `last used ${lastUsedAt}`;
  return `${id}  ${name}  ${scopes.join(", ")}${keepsPictures ? ", into the gallery" : ""}  ${use}`;
}
