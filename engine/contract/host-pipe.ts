import { z } from "zod";
import { errorSchema } from "./errors.ts";
import { imageIdSchema } from "./image-id.ts";
import { vaultSchema } from "./secrets.ts";

/**
 * What the desktop's main process and the host it started say to each other, over Node's own pipe
 * between parent and child. Tokens and secrets go this way and no other: never by argv, environment
 * or address. The host ends when the pipe closes.
 */

/** Pairs an answer with its question; each side counts its own. */
const questionId = z.int().min(1);

/** A folder of the studio that the desktop can show. */
export const FOLDERS = ["pictures", "data", "models"] as const;
export type StudioFolder = (typeof FOLDERS)[number];

/** From the main process to the host. */
export const toHostSchema = z.discriminatedUnion("kind", [
  /** First of all, once: the vault that the desktop lends for secrets, null where it has none. */
  z.object({
    kind: z.literal("start"),
    vault: vaultSchema.extract(["safe-storage", "basic-text"]).nullable(),
  }),
  /** Asks where a picture's file is. */
  z.object({ kind: z.literal("path-of-image"), id: questionId, imageId: imageIdSchema }),
  z.object({ kind: z.literal("path-of-folder"), id: questionId, folder: z.enum(FOLDERS) }),
  /** Answers `seal` with base64, and `unseal` with the secret itself; null where the vault refused. */
  z.object({ kind: z.literal("vault-answer"), id: questionId, text: z.string().nullable() }),
]);
export type ToHost = z.output<typeof toHostSchema>;

/** What the host says to the main process, unasked or as an answer. */
export const fromHostSchema = z.discriminatedUnion("kind", [
  /** The studio can be used: the origin of its pages, and the bearer token for requests to it. */
  z.object({ kind: z.literal("ready"), url: z.url(), token: z.string(), pid: z.int() }),
  /** The host could not start, and ends. */
  z.object({ kind: z.literal("failed"), error: errorSchema }),
  /** Answers `path-of-image` and `path-of-folder`. */
  z.object({ kind: z.literal("path"), id: questionId, path: z.string() }),
  z.object({ kind: z.literal("refused"), id: questionId, error: errorSchema }),
  /** Asks the lent vault to encrypt a secret, and to decrypt what it gave for one (base64). */
  z.object({ kind: z.literal("seal"), id: questionId, text: z.string() }),
  z.object({ kind: z.literal("unseal"), id: questionId, text: z.string() }),
  /** How many generations run or wait for their turn, and how many transfers; none in a paused queue. */
  z.object({ kind: z.literal("activity"), openCount: z.int(), transferCount: z.int() }),
  /** After `ready`, and again when it changes: the choice that the window itself goes by. */
  z.object({ kind: z.literal("choices"), keepInTray: z.boolean() }),
]);
export type FromHost = z.output<typeof fromHostSchema>;
