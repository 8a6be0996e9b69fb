import { z } from "zod";

/** The single request to a keyring process. */
export type KeyringRequest =
  | { readonly operation: "probe" | "get" | "remove"; readonly account: string }
  | { readonly operation: "set"; readonly account: string; readonly secret: string };

/** Its reply: the secret, or null if there is none or none was requested. */
export const keyringReplySchema = z.union([
  z.strictObject({ secret: z.string().nullable() }),
  z.strictObject({ failure: z.string() }),
]);
export type KeyringReply = z.output<typeof keyringReplySchema>;
