import type { KeyringState } from "../../engine/secrets/keyring-vault.ts";
import type { LentVault } from "../../engine/secrets/lent-vault.ts";
import type { SecretVault } from "../../engine/secrets/vault.ts";

/** A lent vault that reverses the text and encodes it in base64: enough to distinguish sealed from plain text. */
export function fakeLentVault(kind: LentVault["kind"] = "safe-storage"): LentVault {
  const turned = (text: string): string => Array.from(text).toReversed().join("");
  return {
    kind,
    seal: async (secret) => Buffer.from(turned(secret)).toString("base64"),
    unseal: async (sealed) => turned(Buffer.from(sealed, "base64").toString()),
  };
}

/** A lent vault whose refusals quote what they were given. */
export function talkativeLentVault(): LentVault {
  return {
    kind: "safe-storage",
    seal: (secret) => Promise.reject(new Error(`cannot seal ${secret}`)),
    unseal: (sealed) => Promise.reject(new Error(`cannot unseal ${sealed}`)),
  };
}

/** A keyring in memory; counts how often it was probed. */
export class FakeKeyring implements SecretVault {
  readonly kind = "keyring";
  readonly entries = new Map<string, string>();
  /** The result of probing it. */
  state: KeyringState | Promise<KeyringState>;
  probes = 0;
  isClosed = false;

  constructor(state: FakeKeyring["state"] = "usable") {
    this.state = state;
  }

  async probe(): Promise<KeyringState> {
    this.probes++;
    return this.state;
  }

  close(): void {
    this.isClosed = true;
  }

  async seal(name: string, secret: string): Promise<string> {
    this.entries.set(name, secret);
    return "";
  }

  async unseal(name: string): Promise<string | undefined> {
    return this.entries.get(name);
  }

  async forget(name: string): Promise<void> {
    this.entries.delete(name);
  }
}
