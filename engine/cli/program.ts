/**
 * The program `darkroom`: one command per function of the studio. Exit codes: 0 done, 1 failed, 2 wrong usage, 130
 * cancelled.
 */
import { Command, CommanderError } from "commander";
import { archiveCommand } from "./archive.ts";
import { bucketCommand } from "./bucket.ts";
import { cudaCommand } from "./cuda.ts";
import { deployCommand } from "./deploy.ts";
import { devicesCommand } from "./devices.ts";
import { endpointsCommand } from "./endpoints.ts";
import { galleryCommand } from "./gallery.ts";
import { generateCommand } from "./generate.ts";
import { keysCommand } from "./keys.ts";
import { withNamedList } from "./listing-group.ts";
import { modelsCommand } from "./models.ts";
import { openCommand } from "./open.ts";
import { exitCodeOf, tell, tellUsage, watchReaders } from "./outcome.ts";
import { queueCommand } from "./queue.ts";
import { withJoinedShares, withOwnName } from "./request-flags.ts";
import { replayCommand } from "./replay.ts";
import { serveCommand } from "./serve.ts";
import { settingsCommand } from "./settings.ts";
import { startCommand } from "./start.ts";
import { stylesCommand } from "./styles.ts";

const interrupt = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => interrupt.abort(new DOMException("cancelled", "AbortError")));
}

watchReaders();

const COMMANDS = [
  startCommand,
  serveCommand,
  openCommand,
  generateCommand,
  replayCommand,
  queueCommand,
  stylesCommand,
  galleryCommand,
  modelsCommand,
  archiveCommand,
  bucketCommand,
  deployCommand,
  keysCommand,
  endpointsCommand,
  settingsCommand,
  devicesCommand,
  cudaCommand,
];

const program = new Command("darkroom")
  .description("Stable Diffusion 2 on your own computer.")
  .exitOverride()
  // A flag after a command's name belongs to that command, however deeply nested.
  .enablePositionalOptions()
  .configureHelp({ showGlobalOptions: true });
for (const command of COMMANDS) program.addCommand(throwing(command(interrupt.signal)));

try {
  const args = withNamedList(program, process.argv.slice(2));
  await program.parseAsync(withJoinedShares(args), { from: "user" });
} catch (error) {
  const isJson = process.argv.includes("--json");
  if (error instanceof CommanderError) {
    if (error.exitCode !== 0 && isJson) tellUsage(error);
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    tell(error, isJson);
    process.exitCode = exitCodeOf(error);
  }
}

/** Makes a command and its subcommands throw instead of ending the process, and name the right option. */
function throwing(command: Command): Command {
  for (const inner of command.commands) throwing(inner);
  command.configureOutput({ outputError: (text, write) => write(withOwnName(text, command)) });
  return command.exitOverride((error) => {
    error.message = withOwnName(error.message, command);
    throw error;
  });
}
