import type { Command } from "commander";
import type { DeploymentCheck } from "../contract/archives.ts";
import { placeIn, shownKey } from "./bucket-place.ts";
import { printJson } from "./outcome.ts";
import { withStudio } from "./reach-studio.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

/** `archive check`: whether a path in a bucket can be entered in OpenShift AI unchanged. */
export function checkCommand(): Command {
  return studioCommand("check", "Checks whether OpenShift AI could serve a path in a bucket.")
    .argument("<place>", "CONNECTION/PREFIX, with the path as you would enter it in OpenShift AI")
    .action((wanted: string, { dataDir, json: isJson = false }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => {
        const { key: prefix, ...place } = await placeIn(client, wanted);
        const { checks, path, ...found } = await client.buckets.check({ ...place, prefix });
        const isDeployable = tellChecks(checks, isJson);
        if (isJson) printJson({ type: "done", path, ...found, isDeployable });
        else process.stdout.write(`${shownKey(path)}\n`);
        if (!isDeployable) process.exitCode = 1;
      }),
    );
}

/** Prints a checklist, and returns whether no check failed. */
export function tellChecks(checks: readonly DeploymentCheck[], isJson: boolean): boolean {
  for (const check of checks) {
    const { name, outcome, found, advice } = check;
    const rest = advice === undefined ? "" : ` ${advice}`;
    if (isJson) printJson({ type: "deployable", ...check });
    else process.stdout.write(`${outcome.padEnd(7)} ${name}: ${shownKey(found + rest)}\n`);
  }
  return checks.every(({ outcome }) => outcome !== "failed");
}
