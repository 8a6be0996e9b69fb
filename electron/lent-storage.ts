import { safeStorage } from "electron";
import type { ToHost } from "../engine/contract/host-pipe.ts";

/** The encryption that the desktop provides for the host. Sealed text is base64. */
export interface LentStorage {
  readonly kind: Extract<ToHost, { kind: "start" }>["vault"];
  seal(text: string): Promise<string>;
  unseal(sealed: string): Promise<string>;
}

/**
 * Electron's safeStorage for the host; available once the app is ready. On Linux without a keyring it is `basic-text`.
 */
export async function lentStorage(platform = process.platform): Promise<LentStorage> {
  const isAvailable = await safeStorage.isAsyncEncryptionAvailable().catch(() => false);
  const isBasic = platform === "linux" && safeStorage.getSelectedStorageBackend() === "basic_text";
  return {
    kind: isAvailable ? (isBasic ? "basic-text" : "safe-storage") : null,
    seal: async (text) => (await safeStorage.encryptStringAsync(text)).toString("base64"),
    unseal: async (sealed) =>
      (await safeStorage.decryptStringAsync(Buffer.from(sealed, "base64"))).result,
  };
}
