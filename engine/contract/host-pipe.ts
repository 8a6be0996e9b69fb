import { z } from "zod";
import { errorSchema } from "./errors.ts";
import { imageIdSchema } from "./image-id.ts";
import { vaultSchema } from "./secrets.ts";

/**
 * The messages between the desktop's main process and its host, over Node's pipe between parent and child. Tokens and
 * secrets are sent only this way: never in argv, environment or addresses. The host ends when the pipe closes.
 */

/** Identifies a question and its answer; each side counts its own. */
const questionId = z.int().min(1);

/** A folder of the studio that the desktop can show. */
export const FOLDERS = ["pictures", "data", "models"] as const;
export type StudioFolder = (typeof FOLDERS)[number];

/** From the main process to the host. */
export const toHostSchema = z.discriminatedUnion("kind", [
  /** The first message: the vault that the desktop provides for secrets, null if it has none. */
  z.object({
    kind: z.literal("start"),
    vault: vaultSchema.extract(["safe-storage", "basic-text"]).nullable(),
  }),
  /** Asks for the path of a picture's file. */
  z.object({ kind: z.literal("path-of-image"), id: questionId, imageId: imageIdSchema }),
  z.object({ kind: z.literal("path-of-folder"), id: questionId, folder: z.enum(FOLDERS) }),
  /** Answers `seal` with base64, and `unseal` with the secret; null if the vault refused. */
  z.object({ kind: z.literal("vault-answer"), id: questionId, text: z.string().nullable() }),
]);
export type ToHost = z.output<typeof toHostSchema>;

/** Messages of the host to the main process, by itself or as answers. */
export const fromHostSchema = z.discriminatedUnion("kind", [
  /** The studio is ready: the origin of its pages, and the bearer token for requests to it. */
  z.object({ kind: z.literal("ready"), url: z.url(), token: z.string(), pid: z.int() }),
  /** The host could not start, and ends. */
  z.object({ kind: z.literal("failed"), error: errorSchema }),
  /** Answers `path-of-image` and `path-of-folder`. */
  z.object({ kind: z.literal("path"), id: questionId, path: z.string() }),
  z.object({ kind: z.literal("refused"), id: questionId, error: errorSchema }),
  /** Asks the provided vault to encrypt a secret, or to decrypt its own output (base64). */
  z.object({ kind: z.literal("seal"), id: questionId, text: z.string() }),
  z.object({ kind: z.literal("unseal"), id: questionId, text: z.string() }),
  /** Number of open generations, and of transfers; none while the queue is paused. */
  z.object({ kind: z.literal("activity"), openCount: z.int(), transferCount: z.int() }),
  /** After `ready`, and whenever it changes: the settings that the window uses. */
  z.object({ kind: z.literal("choices"), keepInTray: z.boolean() }),
]);
export type FromHost = z.output<typeof fromHostSchema>;
