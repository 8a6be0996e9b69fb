import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { StudioError } from "../contract/errors.ts";
import { keyringReplySchema, type KeyringRequest } from "./keyring-messages.ts";
import { vaultRefusal, type SecretVault } from "./vault.ts";

const PROGRAM = fileURLToPath(new URL("keyring-process.ts", import.meta.url));

/** What it takes to reach a keyring; nothing else of the environment goes along. */
const ENVIRONMENT =
  /^(DBUS_\w+|XDG_\w+|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|HOME|USER|LOGNAME|PATH|LANG|SystemRoot|SystemDrive|APPDATA|LOCALAPPDATA|USERPROFILE|USERNAME|TEMP|TMP)$/i;

/** How a keyring process is run. */
export interface KeyringRun {
  readonly program?: string;
  /** For a person who unlocks it. */
  readonly patienceMs?: number;
}

/** What a keyring came to: there is none, or there is one that nobody has unlocked so far. */
export type KeyringState = "usable" | "absent" | "locked";

/** What a keyring says that is there and stays shut; it has no codes. */
const LOCKED = /did not answer|\block|dismissed|prompt/i;

/**
 * The system's keyring: Secret Service on Linux, Keychain, Credential Manager. Every call is a process
 * of its own, since one may hang or crash.
 */
export class KeyringVault implements SecretVault {
  readonly kind = "keyring";
  readonly #folder: string;
  readonly #run: Required<KeyringRun>;
  readonly #closing = new AbortController();

  /** Each data folder has entries of its own. */
  constructor(dataFolder: string, run: KeyringRun = {}) {
    this.#folder = dataFolder;
    this.#run = { program: PROGRAM, patienceMs: 60_000, ...run };
  }

  /** Whether it keeps, gives back and forgets; waits for a person who unlocks it. */
  async probe(): Promise<KeyringState> {
    try {
      await this.#ask({ operation: "probe", account: this.#account("probe") });
      return "usable";
    } catch (error) {
      const reason = error instanceof StudioError ? String(error.details["reason"]) : "";
      return LOCKED.test(reason) ? "locked" : "absent";
    }
  }

  async seal(name: string, secret: string): Promise<string> {
    await this.#ask({ operation: "set", account: this.#account(name), secret });
    return "";
  }

  async unseal(name: string): Promise<string | undefined> {
    return (await this.#ask({ operation: "get", account: this.#account(name) })) ?? undefined;
  }

  async forget(name: string): Promise<void> {
    await this.#ask({ operation: "remove", account: this.#account(name) });
  }

  /** Asks for nothing any more: what waits is refused. */
  close(): void {
    this.#closing.abort();
  }

  #account(name: string): string {
    return `${name} of ${this.#folder}`;
  }

  #ask(request: KeyringRequest): Promise<string | null> {
    return askKeyring(request, { ...this.#run, signal: this.#closing.signal });
  }
}

function askKeyring(
  request: KeyringRequest,
  { program, patienceMs, signal }: Required<KeyringRun> & { readonly signal: AbortSignal },
): Promise<string | null> {
  const { promise, resolve, reject } = Promise.withResolvers<string | null>();
  const refuse = (reason: string): void => reject(vaultRefusal("keyring", reason));
  const env = Object.entries(process.env).filter(([name]) => ENVIRONMENT.test(name));
  let child: ChildProcess;
  try {
    signal.throwIfAborted();
    child = fork(program, { env: Object.fromEntries(env), execArgv: [], stdio: "ignore" });
  } catch {
    refuse("it could not be asked");
    return promise;
  }
  const giveUp = (reason: string): void => {
    refuse(reason);
    child.kill("SIGKILL");
  };
  const stop = (): void => giveUp("the studio is closing");
  signal.addEventListener("abort", stop, { once: true });
  const timer = setTimeout(
    () => giveUp(`it did not answer within ${patienceMs / 1000} s`),
    patienceMs,
  );
  child.once("message", (message) => {
    const { data } = keyringReplySchema.safeParse(message);
    if (data === undefined) refuse("it gave no sense");
    else if ("secret" in data) resolve(data.secret);
    else refuse(withoutSecret(data.failure, request));
  });
  child.once("error", () => {
    clearTimeout(timer);
    refuse("it could not be asked");
  });
  child.once("exit", (code, killedBy) => {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    refuse(`the process that asked it ended: ${killedBy ?? `exit code ${code}`}`);
  });
  // One that could not be spawned, for want of descriptors, has no pipe; its "error" comes.
  if (child.connected) child.send(request, () => {});
  return promise;
}

/** The keyring's own words, were they ever to quote what was to be kept. */
function withoutSecret(words: string, request: KeyringRequest): string {
  const line = words.split("\n")[0] ?? "";
  const safe = "secret" in request ? line.replaceAll(request.secret, "…") : line;
  return safe.slice(0, 200);
}
