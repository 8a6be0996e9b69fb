import { text } from "node:stream/consumers";
import type { Command } from "commander";
import { StudioError } from "../contract/errors.ts";
import { secretNameSchema } from "../contract/secrets.ts";
import { settingsChangeSchema } from "../contract/settings.ts";
import { listingGroup } from "./listing-group.ts";
import { note, printResult } from "./outcome.ts";
import { withStudio } from "./reach-studio.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

/** `settings`: the user's settings and the saved tokens. */
export function settingsCommand(): Command {
  return listingGroup("settings", list())
    .description("Shows and changes settings and saved tokens.")
    .addCommand(get())
    .addCommand(set())
    .addCommand(unset());
}

function list(): Command {
  return studioCommand("list", "Lists all settings and saved tokens.").action(
    ({ dataDir, json }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => {
        const settings = await client.settings.get();
        const secrets = await client.secrets.status();
        for (const [name, value] of Object.entries(settings)) {
          printResult(json, { type: "setting", name, value }, `${name} ${JSON.stringify(value)}`);
        }
        for (const secret of secrets) {
          printResult(
            json,
            { type: "secret", ...secret },
            `${secret.name} ${secret.isSet ? "is kept" : "is not set"}`,
          );
        }
      }),
  );
}

function get(): Command {
  return studioCommand("get", "Prints one setting.")
    .argument("<name>", "a name of `settings list`")
    .action((name: string, { dataDir, json }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => {
        const settings: Readonly<Record<string, unknown>> = await client.settings.get();
        const value = settings[checked(name)] ?? null;
        printResult(
          json,
          { type: "setting", name, value },
          typeof value === "string" ? value : JSON.stringify(value),
        );
      }),
    );
}

function set(): Command {
  return studioCommand("set", "Changes a setting. A token is read from the standard input.")
    .argument("<name>", "a name of `settings list`")
    .argument("[value]", "true, false, a number or text")
    .action((name: string, value: string | undefined, { dataDir }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => {
        const { data: secret } = secretNameSchema.safeParse(name);
        if (secret === undefined) await client.settings.change(changeOf(name, value));
        else await client.secrets.set({ name: secret, value: await secretFrom(value) });
      }),
    );
}

function unset(): Command {
  return studioCommand("unset", "Resets a setting to its default, or deletes a token.")
    .argument("<name>", "a name of `settings list`")
    .action((name: string, { dataDir }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => {
        const { data: secret } = secretNameSchema.safeParse(name);
        if (secret === undefined) await client.settings.change({ [checked(name)]: null });
        else await client.secrets.remove({ name: secret });
      }),
    );
}

function checked(name: string): string {
  if (Object.hasOwn(settingsChangeSchema.shape, name) || name === "language") return name;
  throw new StudioError("NOT_FOUND", { what: "setting", id: name });
}

function changeOf(name: string, value: string | undefined): object {
  if (value === undefined) {
    const reason = "it is missing";
    throw new StudioError("REQUEST_INVALID", { field: name, value: "set", reason });
  }
  const known = checked(name);
  const readings = [value === "true" || (value === "false" ? false : undefined), Number(value)];
  const meant = readings.find(
    (reading) =>
      reading !== undefined && settingsChangeSchema.safeParse({ [known]: reading }).success,
  );
  return { [known]: meant ?? value };
}

/** Every program on the machine can see arguments, so a token is never one. */
async function secretFrom(argument: string | undefined): Promise<string> {
  if (argument !== undefined) {
    const reason = "others could see it there; give it on the standard input";
    throw new StudioError("REQUEST_INVALID", { field: "A token", value: "an argument", reason });
  }
  if (process.stdin.isTTY) note("Paste the token, then press Enter and Ctrl+D.");
  return (await text(process.stdin)).trim();
}
