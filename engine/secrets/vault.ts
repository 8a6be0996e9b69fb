import { StudioError } from "../contract/errors.ts";
import type { Vault } from "../contract/secrets.ts";

/**
 * A place for secrets. What `seal` returns is written to `secrets.json`, and is all that `unseal` gets; a vault that
 * stores secrets itself returns nothing secret.
 */
export interface SecretVault {
  readonly kind: Vault;
  seal(name: string, secret: string): Promise<string>;
  /** Undefined if it no longer exists. */
  unseal(name: string, sealed: string): Promise<string | undefined>;
  forget(name: string): Promise<void>;
}

const IN_WORDS: Readonly<Record<Vault, string>> = {
  "safe-storage": "desktop's vault",
  "basic-text": "desktop's vault",
  keyring: "system's keyring",
  file: "file secrets.json",
};

/** The refusal for a vault's failure. It has no cause: a foreign error could quote the secret. */
export function vaultRefusal(vault: Vault, reason: string): StudioError {
  return new StudioError("SECRET_UNAVAILABLE", { vault: IN_WORDS[vault], reason });
}

/** The last resort: in the file itself, which only this user can read. */
export const FILE_VAULT: SecretVault = {
  kind: "file",
  seal: (_, secret) => Promise.resolve(secret),
  unseal: (_, sealed) => Promise.resolve(sealed),
  forget: () => Promise.resolve(),
};
