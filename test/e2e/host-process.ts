import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A separate host, started like `darkroom serve`. */
export class HostProcess {
  #args: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  /** All its output so far, over all its starts. */
  printed = "";
  /** Contains a one-time code. */
  url = "";
  /** The address of its inference server. */
  endpoint: string | undefined;
  /** The address of its gRPC listener. */
  grpc: string | undefined;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#args = args;
    this.#env = env;
  }

  /** Resolves when it reports that it is ready. */
  async start(): Promise<void> {
    const args = ["engine/cli.ts", "serve", "--json", ...withoutEndpoint(this.#args)];
    const child = spawn(process.execPath, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...this.#env },
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (text) => (this.printed += String(text)));
    child.stderr.pipe(process.stderr, { end: false });
    const lines = createInterface({ input: child.stdout });
    const first = await Promise.race([
      once(lines, "line").then(([line]) => String(line)),
      once(child, "exit").then(([code]) => Promise.reject(new Error(`the host ended: ${code}`))),
    ]);
    const ready: unknown = JSON.parse(first);
    if (typeof ready !== "object" || ready === null || !("url" in ready)) throw new Error(first);
    this.url = String(ready.url);
    this.endpoint = textIn(ready, "endpoint");
    this.grpc = textIn(ready, "grpc");
  }

  /** Starts it again on its previous port, after it was stopped. */
  async startAgain(): Promise<void> {
    this.#args = [...this.#args, "--port", new URL(this.url).port];
    await this.start();
  }

  /** The page's origin, without the code. */
  get origin(): string {
    return new URL(this.url).origin;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Sends a signal and returns the exit code. */
  async end(signal: "SIGTERM" | "SIGINT"): Promise<number | null> {
    if (this.#child === undefined) return null;
    const exited = once(this.#child, "exit");
    this.#child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }

  /** SIGTERM, which the system sends, or SIGKILL, for an accident. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  }
}

function textIn(line: object, name: string): string | undefined {
  const value: unknown = Reflect.get(line, name);
  return typeof value === "string" ? value : undefined;
}

/** Tests run in parallel, so the inference server is not started unless a test asks for it, and then on any port. */
function withoutEndpoint(args: readonly string[]): readonly string[] {
  if (args.includes("--endpoint-port")) return args;
  return ["--no-endpoint", "--endpoint-port", "0", ...args];
}
