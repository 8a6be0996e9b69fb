import type { Command } from "commander";
import { printJson } from "./outcome.ts";
import { withStudio } from "./reach-studio.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

/** `open`: a fresh address of the studio that runs. */
export function openCommand(): Command {
  const command = studioCommand("open", "Prints a fresh address of the running studio, good once.");
  return command.action(async ({ dataDir, json }: StudioFlags) => {
    const url = await runningAddress(dataDir);
    if (json === true) printJson({ type: "open", url });
    else process.stdout.write(`${url}\n`);
  });
}

/** Refuses as NOT_RUNNING where there is no host. */
export function runningAddress(dataDir: string | undefined): Promise<string> {
  return withStudio(dataDir, async ({ client }) => (await client.machine.open()).url);
}
