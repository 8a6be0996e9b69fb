import { Command, InvalidArgumentError } from "commander";

/** Flags of every command that talks to a studio. */
export interface StudioFlags {
  readonly dataDir?: string;
  readonly json?: boolean;
}

/** A command that talks to the studio of a data folder. */
export function studioCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option(
      "--data-dir <dir>",
      "Darkroom's data folder (default: DARKROOM_HOME, or the platform's usual place)",
    )
    .option("--json", "one JSON object per line");
}

/** Parses a port in a flag. */
export function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError("Enter a port from 0 to 65535.");
  return Number(text);
}
