import type { Command } from "commander";
import { printResult } from "./outcome.ts";
import { withStudio } from "./reach-studio.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

/** `open`: a new address of the running studio. */
export function openCommand(): Command {
  const command = studioCommand(
    "open",
    "Prints a new address of the running studio, which works once.",
  );
  return command.action(async ({ dataDir, json }: StudioFlags) => {
    const { url } = await runningStudio(dataDir);
    printResult(json, { type: "open", url }, url);
  });
}

/** A new address of its pages, and its inference server's address. Refuses as NOT_RUNNING if there is no host. */
export function runningStudio(
  dataDir: string | undefined,
): Promise<{ readonly url: string; readonly endpoint: string | null }> {
  return withStudio(dataDir, async ({ client }) => {
    const { url } = await client.machine.open();
    return { url, endpoint: (await client.server.get()).origin ?? null };
  });
}
