import { z } from "zod";

/** What the keyring process is asked, once in its life. */
export type KeyringRequest =
  | { readonly operation: "probe" | "get" | "remove"; readonly account: string }
  | { readonly operation: "set"; readonly account: string; readonly secret: string };

/** What it answers: the secret, or null where there is none or none was asked for. */
export const keyringReplySchema = z.union([
  z.strictObject({ secret: z.string().nullable() }),
  z.strictObject({ failure: z.string() }),
]);
export type KeyringReply = z.output<typeof keyringReplySchema>;
