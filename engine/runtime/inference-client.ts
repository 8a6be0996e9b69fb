import { fork, type ChildProcess } from "node:child_process";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { StudioError } from "../contract/errors.ts";
import { systemCode } from "../files/system-error.ts";
import type { Tensors } from "../pipeline/session.ts";
import type { Numbered, Reply, Request } from "./messages.ts";

/** What a GPU's libraries need in order to be found; the inference process gets nothing else of the environment. */
const ENVIRONMENT =
  /^(LD_LIBRARY_PATH|DYLD_\w+|CUDA_\w+|NVIDIA_\w+|VK_\w+|XDG_RUNTIME_DIR|SystemRoot|TEMP|TMP|TMPDIR|PATH|OMP_\w+)$/i;

const OWN_ENVIRONMENT = {
  // ONNX Runtime contains a telemetry uploader; nothing may leave this machine.
  ORT_DISABLE_TELEMETRY: "1",
  // TensorRT's flash attention accumulates in float16: black pictures with Stable Diffusion 2.1 at 768 pixels.
  ORT_DISABLE_TRT_FLASH_ATTENTION: "1",
  // Huge pages for activations: 1.1 times as fast on Linux, where malloc has to request them.
  GLIBC_TUNABLES: "glibc.malloc.hugetlb=1",
};

const PROGRAM = fileURLToPath(new URL("inference-process.ts", import.meta.url));

/** Number of characters of the process's last output kept for the log of a crash. */
const LAST_WORDS = 2000;

/** How ONNX Runtime's providers report that memory has run out. */
const OUT_OF_MEMORY =
  /failed to allocate memory|bad.?alloc|out of memory|out_of_memory|cannot allocate|allocation.*failed|buffer size.*exceeds|max_length_error/i;

/** A folder where shared libraries are searched for first; called at every start of the inference process. */
export type LibraryFolder = () => string | undefined;

interface Pending {
  readonly doing: string;
  readonly resolve: (outputs: Tensors) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One run of the inference process: requests go in, and each is answered or rejected when the process dies. A process
 * that could not be started counts as one that has died, so its requests are refused as INFERENCE_CRASHED.
 */
export class InferenceClient {
  readonly #child: ChildProcess | undefined;
  readonly #pending = new Map<number, Pending>();
  readonly #gone = Promise.withResolvers<void>();
  #lastId = 0;
  /** A process that hangs in a driver would otherwise outlive ours. */
  readonly #onOurEnd = (): void => this.kill();
  #lastWords = "";
  #end: string | undefined;

  /** `program` replaces the inference process in tests. */
  constructor(libraries?: LibraryFolder, program = PROGRAM) {
    try {
      this.#child = this.#start(program, libraries?.());
    } catch (error) {
      // Without memory (ENOMEM) the call itself throws; without descriptors it returns a child that emits the error.
      this.#unstarted(error);
    }
  }

  get isAlive(): boolean {
    return this.#end === undefined;
  }

  /** Undefined if the process could not be started. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves once the process has ended and all its output was read; one that hangs in a driver can survive `kill`. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Sends one request; `doing` completes the sentence "… while …" in a refusal. */
  request(request: Request, doing: string): Promise<Tensors> {
    const { promise, resolve, reject } = Promise.withResolvers<Tensors>();
    const id = ++this.#lastId;
    if (this.#end !== undefined) return Promise.reject(this.#crash(doing, this.#end));
    this.#pending.set(id, { doing, resolve, reject });
    // A failed send, or a child without a channel, is followed by the exit, which rejects what is pending.
    if (this.#child?.connected === true) {
      this.#child.send({ ...request, id } satisfies Numbered<Request>, () => {});
    }
    return promise;
  }

  /** The end of its other output, in which the loader names missing libraries. */
  get lastWords(): string {
    return this.#lastWords;
  }

  kill(): void {
    this.#child?.kill("SIGKILL");
    this.#ended("SIGKILL");
  }

  #start(program: string, libraryFolder: string | undefined): ChildProcess {
    const child = fork(program, {
      env: environmentWith(libraryFolder),
      execArgv: ["--disable-warning=ExperimentalWarning"],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS);
    });
    child.stderr?.on("error", () => {});
    child.on("message", (reply: Reply) => this.#answered(reply));
    child.on("error", (error) => {
      if (child.pid === undefined) this.#unstarted(error);
    });
    // After closing the channel it cannot answer; the exit that follows says why.
    child.on("disconnect", () => child.kill("SIGKILL"));
    child.on("exit", (code, signal) => this.#ended(signal ?? `exit code ${code}`));
    child.on("close", () => this.#gone.resolve());
    process.on("exit", this.#onOurEnd);
    return child;
  }

  #answered(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if ("outputs" in reply) pending?.resolve(reply.outputs);
    else pending?.reject(refusalOf(reply.failure, pending.doing));
  }

  /** EMFILE, EAGAIN, ENOMEM, ENOENT after an update removed this Node, … */
  #unstarted(error: unknown): void {
    this.#ended(`the system did not start it: ${systemCode(error) ?? "unknown"}`);
    this.#gone.resolve();
  }

  #ended(reason: string): void {
    this.#end ??= reason;
    for (const { doing, reject } of this.#pending.values()) reject(this.#crash(doing, this.#end));
    this.#pending.clear();
    process.off("exit", this.#onOurEnd);
  }

  #crash(doing: string, reason: string): StudioError {
    return new StudioError("INFERENCE_CRASHED", { doing, reason }, { cause: this.#lastWords });
  }
}

/** `LD_LIBRARY_PATH` is searched before the folder that the binding gives for ONNX Runtime's own library. */
function environmentWith(libraryFolder: string | undefined): Record<string, string | undefined> {
  const passed = Object.entries(process.env).filter(([name]) => ENVIRONMENT.test(name));
  const env = { ...Object.fromEntries(passed), ...OWN_ENVIRONMENT };
  if (libraryFolder === undefined) return env;
  const others = process.env["LD_LIBRARY_PATH"];
  const paths = [libraryFolder, ...(others === undefined || others === "" ? [] : [others])];
  return { ...env, LD_LIBRARY_PATH: paths.join(delimiter) };
}

/** ONNX Runtime's error in plain words. `doing` completes "… while …". */
export function refusalOf(message: string, doing: string): StudioError {
  const cause = { cause: message };
  if (OUT_OF_MEMORY.test(message)) return new StudioError("OUT_OF_MEMORY", { doing }, cause);
  const [reason = ""] = message.trim().split("\n");
  return new StudioError("INFERENCE_FAILED", { doing, reason: reason.slice(0, 300) }, cause);
}
