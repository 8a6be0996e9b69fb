import { StudioError } from "../contract/errors.ts";
import type { Secrets } from "../secrets/secrets.ts";
import { os } from "./implementer.ts";

/** A service's answer about a token: its account, or that it was rejected. */
export type WhoAmI = (
  token: string,
  signal: AbortSignal | undefined,
) => Promise<{ readonly isAccepted: boolean; readonly account?: string }>;

export interface SecretParts {
  readonly secrets: Secrets;
  /** Asks the hub; refuses as HUB_UNREACHABLE if it does not answer. */
  readonly whoAmI: WhoAmI;
}

/** Tokens can be stored, but never read back. */
export function secretProcedures({ secrets, whoAmI }: SecretParts) {
  return {
    status: os.secrets.status.handler(() => secrets.status()),
    set: os.secrets.set.handler(({ input }) => secrets.set(input.name, tokenOf(input.value))),
    remove: os.secrets.remove.handler(({ input }) => secrets.remove(input.name)),
    check: os.secrets.check.handler(async ({ input, signal }) => {
      const token = await secrets.get(input.name);
      if (token === undefined)
        throw new StudioError("NOT_FOUND", { what: "token", id: input.name });
      return whoAmI(token, signal);
    }),
  };
}

/** Validates a token for use in a header; the refusal does not repeat it. */
function tokenOf(value: string): string {
  const token = value.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  const reason = "a token has letters, digits and signs, no spaces";
  throw new StudioError("REQUEST_INVALID", { field: "The token", value: "this", reason });
}
