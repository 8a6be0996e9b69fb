import { existsSync } from "node:fs";
import { join } from "node:path";
import type { HostCommand } from "./host-process.ts";

/** Where the program's parts are installed. */
export interface Installation {
  readonly isPackaged: boolean;
  /** Electron's app folder, and the folder with a packaged app's extra resources. */
  readonly appPath: string;
  readonly resourcesPath: string;
  readonly platform: string;
  readonly arch: string;
}

/** Flags of `serve` that are passed on, and whether each takes a value. */
const FLAGS: Readonly<Record<string, boolean>> = {
  "--host": true,
  "--port": true,
  "--allow-host": true,
  "--endpoint-host": true,
  "--endpoint-port": true,
  "--grpc-port": true,
  "--tls-cert": true,
  "--tls-key": true,
  "--tls-ca": true,
  "--no-endpoint": false,
  "--data-dir": true,
  "--key-file": true,
  "--model": true,
};

/** The folder with engine/, assets/ and node_modules/: the repository, or the packaged copy. */
export function studioFolder({ isPackaged, appPath, resourcesPath }: Installation): string {
  return isPackaged ? join(resourcesPath, "studio") : appPath;
}

/** How this installation starts its host. Chromium's and Electron's own flags in `argv` are not passed on. */
export function hostCommand(installation: Installation, argv: readonly string[]): HostCommand {
  const studio = studioFolder(installation);
  return {
    node: nodeBinary(studio, installation),
    args: [join(studio, "engine", "cli.ts"), "serve", "--desktop", ...flagsOf(argv)],
  };
}

/** The value of a flag in the shell's own arguments. */
export function flagOf(argv: readonly string[], name: string): string | undefined {
  const flags = flagsOf(argv);
  const at = flags.indexOf(name);
  return at === -1 ? undefined : flags[at + 1];
}

function flagsOf(argv: readonly string[]): string[] {
  return argv.flatMap((word, index) => {
    const [name = "", value] = word.split(/=(.*)/s);
    const takesValue = FLAGS[name];
    if (takesValue === undefined) return [];
    if (!takesValue) return [name];
    const given = value ?? argv[index + 1];
    return given === undefined ? [] : [name, given];
  });
}

/** The Node binary from the packages, else the `node` in the path. */
function nodeBinary(studio: string, { platform, arch }: Installation): string {
  const name = platform === "win32" ? join("bin", "node.exe") : join("bin", "node");
  const packages = [
    `node-${platform === "win32" ? "win" : platform}-${arch}`,
    `node-bin-${platform}-${arch}`,
  ];
  const places = packages.map((folder) => join(studio, "node_modules", folder, name));
  return places.find((path) => existsSync(path)) ?? "node";
}
