import type { KEY_SCOPES } from "../contract/server.ts";

export type KeyScope = (typeof KEY_SCOPES)[number];

/** Who sent a request, as far as the gate let it in. */
export interface Caller {
  /** Id of its key, or `anonymous`: whom the queue is fair to. */
  readonly id: string;
  /** Name of its key. */
  readonly keyName?: string;
  readonly scopes: ReadonlySet<KeyScope>;
  /** Whether its replies follow the notebook profile. */
  readonly isSeedProfile: boolean;
  /** Whether its pictures enter the gallery. */
  readonly keepsPictures: boolean;
}
