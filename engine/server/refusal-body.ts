import { toWire, type StudioError } from "../contract/errors.ts";

/**
 * How the studio's listener answers where it refuses: a sentence, the code and what a program may read. Calls
 * of the contract get oRPC's form of it besides, so that their client finds the refusal itself.
 */
export function refusalBody(error: StudioError, path: string): object {
  const { code, message, details } = toWire(error);
  const plain = { error: message, code, details };
  if (!path.startsWith("/rpc/")) return plain;
  const { status } = error;
  return { ...plain, json: { defined: false, code, status, message, data: details } };
}
