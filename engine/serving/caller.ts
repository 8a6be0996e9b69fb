import type { KEY_SCOPES } from "../contract/server.ts";

export type KeyScope = (typeof KEY_SCOPES)[number];

/** Who sent a request. */
export interface Caller {
  /** The key's id, or `anonymous`: the unit of the queue's fairness. */
  readonly id: string;
  /** The key's name. */
  readonly keyName?: string;
  readonly scopes: ReadonlySet<KeyScope>;
  /** Whether replies follow the notebook profile; named as in the stored settings. */
  readonly isSeedProfile: boolean;
  /** Whether its pictures are added to the gallery. */
  readonly keepsPictures: boolean;
}
