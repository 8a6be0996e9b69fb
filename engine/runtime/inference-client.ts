import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { StudioError } from "../contract/errors.ts";
import type { Tensors } from "../pipeline/session.ts";
import type { Numbered, Reply, Request } from "./messages.ts";
import { refusalOf } from "./refusal.ts";

/** What a GPU's own libraries need to be found; nothing else of the environment reaches the inference process. */
const ENVIRONMENT =
  /^(LD_LIBRARY_PATH|DYLD_\w+|CUDA_\w+|NVIDIA_\w+|VK_\w+|XDG_RUNTIME_DIR|SystemRoot|TEMP|TMP|TMPDIR|PATH|OMP_\w+)$/i;

const PROGRAM = fileURLToPath(new URL("inference-process.ts", import.meta.url));

/** How much of the process's last words is kept for the log of a crash. */
const LAST_WORDS = 2000;

interface Pending {
  readonly doing: string;
  readonly resolve: (outputs: Tensors) => void;
  readonly reject: (error: unknown) => void;
}

/** One life of the inference process: requests go out, replies or its death come back. */
export class InferenceClient {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #lastWords = "";
  #end: string | undefined;

  constructor() {
    const env = Object.entries(process.env).filter(([name]) => ENVIRONMENT.test(name));
    this.#child = fork(PROGRAM, {
      // ONNX Runtime's library carries an uploader; nothing of ours is to leave the machine.
      env: { ...Object.fromEntries(env), ORT_DISABLE_TELEMETRY: "1" },
      execArgv: ["--disable-warning=ExperimentalWarning"],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS);
    });
    this.#child.on("message", (reply: Reply) => this.#answered(reply));
    this.#child.on("error", (error) => this.#ended(error.message));
    this.#child.on("exit", (code, signal) => this.#ended(signal ?? `exit code ${code}`));
  }

  get isAlive(): boolean {
    return this.#end === undefined;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Sends one request; `doing` completes the sentence "… while …". */
  request(request: Request, doing: string): Promise<Tensors> {
    const { promise, resolve, reject } = Promise.withResolvers<Tensors>();
    const id = ++this.#lastId;
    if (this.#end !== undefined) return Promise.reject(this.#crash(doing, this.#end));
    this.#pending.set(id, { doing, resolve, reject });
    // A send that fails is followed by the process's end, which rejects what is pending.
    this.#child.send({ ...request, id } satisfies Numbered<Request>, () => {});
    return promise;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
    this.#ended("SIGKILL");
  }

  #answered(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if ("outputs" in reply) pending?.resolve(reply.outputs);
    else pending?.reject(refusalOf(reply.failure, pending.doing));
  }

  #ended(reason: string): void {
    this.#end ??= reason;
    for (const { doing, reject } of this.#pending.values()) reject(this.#crash(doing, reason));
    this.#pending.clear();
  }

  #crash(doing: string, reason: string): StudioError {
    return new StudioError("INFERENCE_CRASHED", { doing, reason }, { cause: this.#lastWords });
  }
}
