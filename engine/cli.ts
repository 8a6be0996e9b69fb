import { Command, CommanderError } from "commander";
import { cudaCommand } from "./cli/cuda.ts";
import { devicesCommand } from "./cli/devices.ts";
import { generateCommand } from "./cli/generate.ts";
import { modelsCommand } from "./cli/models.ts";
import { exitCodeOf, tell } from "./cli/outcome.ts";

/** The command line: one command per thing the studio can do. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 cancelled. */
const interrupt = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => interrupt.abort(new DOMException("cancelled", "AbortError")));
}

const program = new Command("darkroom")
  .description("Stable Diffusion 2 on your own machine.")
  .exitOverride()
  .configureHelp({ showGlobalOptions: true });
for (const command of [generateCommand, devicesCommand, modelsCommand, cudaCommand]) {
  program.addCommand(command(interrupt.signal).exitOverride());
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    tell(error, process.argv.includes("--json"));
    process.exitCode = exitCodeOf(error);
  }
}
