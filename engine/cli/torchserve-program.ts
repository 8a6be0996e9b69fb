/** The program `torchserve`, with which a cluster's serving runtime starts its server. */
import { Command, CommanderError } from "commander";
import { exitCodeOf, tell, watchReaders } from "./outcome.ts";
import {
  runTorchServe,
  TORCHSERVE_VERSION,
  type TorchServeFlags,
  withTorchServeFlags,
} from "./torchserve.ts";

const interrupt = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => interrupt.abort(new DOMException("cancelled", "AbortError")));
}
watchReaders();

const program = withTorchServeFlags(new Command("torchserve"))
  .description(
    "Runs Darkroom instead of TorchServe: serves Stable Diffusion archives, without Python.",
  )
  .version(TORCHSERVE_VERSION, "-v, --version")
  .exitOverride()
  .action((flags: TorchServeFlags) => runTorchServe(flags, interrupt.signal));

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    tell(error, false);
    process.exitCode = exitCodeOf(error);
  }
}
