import { z } from "zod";

/** The secrets that the studio can store. Their values cannot be read through the contract. */
export const secretNameSchema = z.enum(["hub-token"]);
export type SecretName = z.output<typeof secretNameSchema>;

/**
 * Where secrets are stored. `file` is readable by this user only but not encrypted; `basic-text` is Electron's on a
 * desktop without a keyring, and no better.
 */
export const vaultSchema = z.enum(["safe-storage", "basic-text", "keyring", "file"]);
export type Vault = z.output<typeof vaultSchema>;

export const secretStatusSchema = z.object({
  name: secretNameSchema,
  isSet: z.boolean(),
  /** Taken from the environment (HF_TOKEN) instead of stored. */
  isFromEnvironment: z.boolean(),
  vault: vaultSchema,
});
export type SecretStatus = z.output<typeof secretStatusSchema>;
