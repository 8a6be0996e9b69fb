import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { StudioError } from "../contract/errors.ts";
import { keyringReplySchema, type KeyringRequest } from "./keyring-messages.ts";
import { vaultRefusal, type SecretVault } from "./vault.ts";

const PROGRAM = fileURLToPath(new URL("keyring-process.ts", import.meta.url));

/** The environment variables that a keyring needs; no others are passed on. */
const ENVIRONMENT =
  /^(DBUS_\w+|XDG_\w+|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|HOME|USER|LOGNAME|PATH|LANG|SystemRoot|SystemDrive|APPDATA|LOCALAPPDATA|USERPROFILE|USERNAME|TEMP|TMP)$/i;

/** How a keyring process is run. */
export interface KeyringRun {
  readonly program?: string;
  /** Time for a person to unlock it. */
  readonly patienceMs?: number;
}

/** Whether there is a keyring, and whether it is unlocked. */
export type KeyringState = "usable" | "absent" | "locked";

/** What a keyring says that exists but stays locked; there are no codes for it. */
const LOCKED = /did not answer|\block|dismissed|prompt/i;

/**
 * The system's keyring: Secret Service on Linux, Keychain, Credential Manager. Every call is a separate process, since
 * it can hang or crash.
 */
export class KeyringVault implements SecretVault {
  readonly kind = "keyring";
  readonly #folder: string;
  readonly #run: Required<KeyringRun>;
  readonly #closing = new AbortController();

  /** Each data folder has its own entries. */
  constructor(dataFolder: string, run: KeyringRun = {}) {
    this.#folder = dataFolder;
    this.#run = { program: PROGRAM, patienceMs: 60_000, ...run };
  }

  /** Whether it stores, returns and deletes a secret; waits for a person to unlock it. */
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

  /** Stops waiting: pending calls are refused. */
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
  // A process that could not be started, for lack of descriptors, has no pipe; its "error" event follows.
  if (child.connected) child.send(request, () => {});
  return promise;
}

/** Removes the secret from the keyring's message, in case it quotes it. */
function withoutSecret(words: string, request: KeyringRequest): string {
  const line = words.split("\n")[0] ?? "";
  const safe = "secret" in request ? line.replaceAll(request.secret, "…") : line;
  return safe.slice(0, 200);
}
