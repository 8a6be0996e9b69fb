import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { keyringReplySchema, type KeyringRequest } from "./keyring-messages.ts";
import { vaultRefusal, type SecretVault } from "./vault.ts";

const PROGRAM = fileURLToPath(new URL("keyring-process.ts", import.meta.url));

/** What it takes to reach a keyring; nothing else of the environment goes along. */
const ENVIRONMENT =
  /^(DBUS_\w+|XDG_\w+|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|HOME|USER|LOGNAME|PATH|LANG|SystemRoot|SystemDrive|APPDATA|LOCALAPPDATA|USERPROFILE|USERNAME|TEMP|TMP)$/i;

/** How a keyring process is run. */
export interface KeyringRun {
  readonly program?: string;
  /** A probe must not keep a page waiting; anything else may wait for a person who unlocks it. */
  readonly probeMs?: number;
  readonly patienceMs?: number;
}

/**
 * The system's keyring: Secret Service on Linux, Keychain, Credential Manager. Every call is a process
 * of its own, since one may hang or crash.
 */
export class KeyringVault implements SecretVault {
  readonly kind = "keyring";
  readonly #folder: string;
  readonly #run: Required<KeyringRun>;

  /** Each data folder has entries of its own. */
  constructor(dataFolder: string, run: KeyringRun = {}) {
    this.#folder = dataFolder;
    this.#run = { program: PROGRAM, probeMs: 5_000, patienceMs: 60_000, ...run };
  }

  /** Whether it keeps, gives back and forgets. */
  async isUsable(): Promise<boolean> {
    return this.#ask({ operation: "probe", account: this.#account("probe") }).then(
      () => true,
      () => false,
    );
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

  #account(name: string): string {
    return `${name} of ${this.#folder}`;
  }

  #ask(request: KeyringRequest): Promise<string | null> {
    const timeoutMs = request.operation === "probe" ? this.#run.probeMs : this.#run.patienceMs;
    return askKeyring(this.#run.program, request, timeoutMs);
  }
}

function askKeyring(
  program: string,
  request: KeyringRequest,
  timeoutMs: number,
): Promise<string | null> {
  const { promise, resolve, reject } = Promise.withResolvers<string | null>();
  const refuse = (reason: string): void => reject(vaultRefusal("keyring", reason));
  const env = Object.entries(process.env).filter(([name]) => ENVIRONMENT.test(name));
  let child: ChildProcess;
  try {
    child = fork(program, { env: Object.fromEntries(env), execArgv: [], stdio: "ignore" });
  } catch {
    refuse("it could not be asked");
    return promise;
  }
  const timer = setTimeout(() => {
    refuse(`it did not answer within ${timeoutMs / 1000} s`);
    child.kill("SIGKILL");
  }, timeoutMs);
  child.once("message", (message) => {
    const { data } = keyringReplySchema.safeParse(message);
    if (data === undefined) refuse("it gave no sense");
    else if ("secret" in data) resolve(data.secret);
    else refuse(withoutSecret(data.failure, request));
  });
  child.once("error", () => refuse("it could not be asked"));
  child.once("exit", (code, signal) => {
    clearTimeout(timer);
    refuse(`the process that asked it ended: ${signal ?? `exit code ${code}`}`);
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
