import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { type ConfigProperties } from "../../engine/archive/config-properties.ts";

/** The command's file in a checkout. */
export const COMMAND = resolve("engine/torchserve.ts");

/** The command `torchserve` in its own process; everything it writes is in one folder. */
export class StartedTorchServe {
  readonly #child: ReturnType<typeof spawn>;
  /** Its working folder. */
  readonly folder: string;
  log = "";

  private constructor(child: ReturnType<typeof spawn>, folder: string) {
    this.#child = child;
    this.folder = folder;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.log += text;
      });
    }
  }

  /** Starts it with a config.properties whose addresses are on this machine, on free ports. */
  static async start(
    config: ConfigProperties,
    { folder, args, env = {}, program = [process.execPath, COMMAND], port = 0 }: StartedOptions,
  ): Promise<StartedTorchServe> {
    let local = config;
    for (const key of ["inference", "management", "metrics"]) {
      const [, host = ""] = /\/\/(.*):/.exec(config.get(`${key}_address`) ?? "") ?? [];
      local = local.with(`${key}_address`, `http://${host || "127.0.0.1"}:0`);
    }
    for (const key of ["inference", "management"]) local = local.with(`grpc_${key}_port`, "0");
    const file = join(folder, "config.properties");
    writeFileSync(file, local.bytes());
    const ports = ["--kserve-port", String(port), "--kserve-grpc-port", "0"];
    const [command = "", ...before] = program;
    const child = spawn(command, [...before, ...args, `--ts-config=${file}`, ...ports], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"] ?? "", HOME: folder, TMPDIR: folder, ...env },
    });
    const started = new StartedTorchServe(child, folder);
    onTestFinished(() => started.kill());
    await started.says(/Listening, gRPC: /);
    return started;
  }

  /** Waits until the log contains it. */
  async says(words: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = words.exec(this.log);
      if (found !== null) return found;
      if (this.#child.exitCode !== null) throw new Error(`It has ended.\n${this.log}`);
      await sleep(20);
    }
  }

  /** The address that it logs under this name. */
  address(name: string): string {
    const escaped = name.replaceAll(/[^\w ]/g, "\\$&");
    const [, address = ""] = new RegExp(`Listening, ${escaped}: (\\S+)`).exec(this.log) ?? [];
    return address;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Its exit code, after it has ended. */
  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null) await once(this.#child, "close");
    return this.#child.exitCode;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

interface StartedOptions {
  readonly folder: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The command that runs it; by default plain Node and the checkout's file. */
  readonly program?: readonly string[];
  /** Where it listens in place of KServe's wrapper; by default any free port. */
  readonly port?: number;
}

/** Whether this user may create namespaces, with any user in them. */
export function canRestrict(): boolean {
  return (
    process.platform === "linux" &&
    spawnSync("unshare", ["-U", "--map-user=1001130001", "--map-group=0", "true"]).status === 0 &&
    spawnSync("unshare", ["-Urm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0
  );
}

const SCRIPT = [
  'mount -t tmpfs -o "mode=1777,size=$2" tmpfs "$1"',
  "mount -o remount,bind,ro /",
  "shift 2",
  'exec unshare -U --map-user=1001130001 --map-group=0 "$@"',
].join(" && ");

/**
 * A command that runs a program under restricted-v2's conditions: a user from the project's range, group 0, a read-only
 * root, and one emptyDir of a given size.
 */
export function restricted(writable: string, size = "50%"): readonly string[] {
  return ["unshare", "-Urm", "--propagation", "private", "sh", "-c", SCRIPT, "sh", writable, size];
}
