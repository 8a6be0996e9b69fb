import type { Vault } from "../contract/secrets.ts";
import { vaultRefusal, type SecretVault } from "./vault.ts";

/**
 * What the desktop shell provides over the pipe: encryption with a key that the operating system keeps for it. Sealed
 * text is base64. `basic-text` is Electron's fallback without a keyring, no better than the plain file.
 */
export interface LentVault {
  readonly kind: Extract<Vault, "safe-storage" | "basic-text">;
  seal(secret: string): Promise<string>;
  unseal(sealed: string): Promise<string>;
}

/** Uses a lent vault as a SecretVault. */
export function borrowedVault(lent: LentVault): SecretVault {
  const refuse = (): never => {
    throw vaultRefusal(lent.kind, "the desktop could not do it");
  };
  return {
    kind: lent.kind,
    seal: (_, secret) => lent.seal(secret).catch(refuse),
    unseal: (_, sealed) => lent.unseal(sealed).catch(refuse),
    forget: () => Promise.resolve(),
  };
}

/** Represents a vault that sealed something in an earlier run but is not available in this one. */
export function absentVault(kind: LentVault["kind"]): SecretVault {
  const refuse = (): Promise<never> =>
    Promise.reject(vaultRefusal(kind, "it opens in Darkroom's own window only"));
  return { kind, seal: refuse, unseal: refuse, forget: () => Promise.resolve() };
}
