import { isLoopback } from "../contract/loopback.ts";
import type { ServerSettings } from "../contract/server.ts";
import { hostsOf, type Scheme } from "../http/hosts.ts";
import type { Caller } from "./caller.ts";
import { decide, type GateDecision, type GateOptions, type RequestHead } from "./gate.ts";
import { type MethodsOf, methodsOf, type ScopeOf } from "./route-scopes.ts";
import type { ServerFile } from "./server-file.ts";

const SCOPES = ["inference", "management"] as const;

/** Who may use a listener, and how. */
export interface Access extends Pick<ServerFile, "settings" | "hasKeys" | "callerOf"> {
  /**
   * For a server in place of TorchServe, which can be reached under any name: whether nobody needs a key, as with
   * --disable-token-auth, or everyone does. If absent, host names are checked, and keys are needed as the settings say.
   */
  readonly reach?: "open" | "keyed";
}

/** What the settings allow, cached for a short time. */
interface Allowed {
  readonly options: GateOptions;
  readonly settings: ServerSettings;
  readonly untilMs: number;
}

/** A machine's addresses change when it moves between networks. */
const ALLOWED_MS = 5000;

/** The gate of one listener, with the current settings and keys. */
export class ListenerGate {
  readonly #host: string;
  readonly #scheme: Scheme;
  readonly #file: Access;
  #port = 0;
  #scopeOf: ScopeOf = () => "management";
  #methodsOf: MethodsOf = methodsOf([]);
  #allowed: Allowed | undefined;

  constructor(
    { host, scheme = "http" }: { readonly host: string; readonly scheme?: Scheme },
    file: Access,
  ) {
    this.#host = host;
    this.#scheme = scheme;
    this.#file = file;
  }

  /** Enables the gate; a protocol without HTTP methods omits them. */
  open(port: number, scopeOf: ScopeOf, methods: MethodsOf = this.#methodsOf): void {
    this.#port = port;
    this.#scopeOf = scopeOf;
    this.#methodsOf = methods;
    this.#allowed = undefined;
  }

  decide(head: RequestHead): GateDecision {
    return decide(head, this.#options());
  }

  #options(): GateOptions {
    const settings = this.#file.settings();
    let allowed = this.#allowed;
    if (allowed?.settings !== settings || performance.now() >= allowed.untilMs) {
      const untilMs = performance.now() + ALLOWED_MS;
      allowed = { options: this.#optionsBy(settings), settings, untilMs };
      this.#allowed = allowed;
    }
    return allowed.options;
  }

  #optionsBy(settings: ServerSettings): GateOptions {
    const file = this.#file;
    const names = settings.hostNames.map((name) => name.toLowerCase());
    return {
      // A proxy sends the name without our port.
      hosts:
        file.reach === undefined
          ? hostsOf(this.#host, this.#port, names, this.#scheme).union(new Set(names))
          : undefined,
      scheme: this.#scheme,
      origins: new Set(settings.origins.map((origin) => origin.toLowerCase())),
      isKeyRequired:
        file.reach === undefined
          ? settings.isKeyRequired || isReachedByOthers(this.#host, settings)
          : file.reach === "keyed",
      // Keys are added and removed without a change of settings.
      get hasKeys() {
        return file.hasKeys;
      },
      callerOf: (secret) => file.callerOf(secret),
      scopeOf: this.#scopeOf,
      methodsOf: this.#methodsOf,
      anonymous: anonymousOf(settings),
    };
  }
}

/** Host names are listed for others: a proxy on this machine looks like a local program. */
function isReachedByOthers(host: string, { hostNames }: ServerSettings): boolean {
  return !isLoopback(host) || hostNames.length > 0;
}

function anonymousOf({ isSeedProfile }: ServerSettings): Caller {
  return { id: "anonymous", scopes: new Set(SCOPES), isSeedProfile, keepsPictures: false };
}
