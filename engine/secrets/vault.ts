import { StudioError } from "../contract/errors.ts";
import type { Vault } from "../contract/secrets.ts";

/**
 * A way to keep a secret. What `seal` gives is written to `secrets.json`, and is all that `unseal`
 * gets back; a vault that keeps the secret itself gives nothing away there.
 */
export interface SecretVault {
  readonly kind: Vault;
  seal(name: string, secret: string): Promise<string>;
  /** Undefined where it is gone. */
  unseal(name: string, sealed: string): Promise<string | undefined>;
  forget(name: string): Promise<void>;
}

const IN_WORDS: Readonly<Record<Vault, string>> = {
  "safe-storage": "desktop's vault",
  "basic-text": "desktop's vault",
  keyring: "system's keyring",
  file: "file secrets.json",
};

/** A vault's failure in words. It carries no cause: a foreign error may quote what it was handed. */
export function vaultRefusal(vault: Vault, reason: string): StudioError {
  return new StudioError("SECRET_UNAVAILABLE", { vault: IN_WORDS[vault], reason });
}

/** The last resort: in the file as it is, which this user alone may read. */
export const FILE_VAULT: SecretVault = {
  kind: "file",
  seal: (_, secret) => Promise.resolve(secret),
  unseal: (_, sealed) => Promise.resolve(sealed),
  forget: () => Promise.resolve(),
};
