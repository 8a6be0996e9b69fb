import { Command } from "commander";

/** Flags of every command that speaks with a studio. */
export interface StudioFlags {
  readonly dataDir?: string;
  readonly json?: boolean;
}

/** A command that speaks with the studio of a data folder. */
export function studioCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option(
      "--data-dir <dir>",
      "the studio's folder; DARKROOM_HOME or the platform's own by default",
    )
    .option("--json", "one JSON object per line");
}
