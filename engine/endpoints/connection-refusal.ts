import { StudioError } from "../contract/errors.ts";
import { connectionReason } from "../network/connection-reason.ts";

/**
 * How far a request came before its connection failed. One of which nothing was sent has started nothing; one
 * that was sent may have.
 */
export type Sent = "nothing" | "request";

/** Why a request did not get its reply: the refusal to show, or undefined where it is a mistake of ours. */
export function connectionRefusal(
  error: unknown,
  host: string,
  sent: Sent = "request",
): StudioError | undefined {
  const found = connectionReason(error);
  if (found === undefined) return undefined;
  const { kind, reason } = found;
  switch (kind) {
    case "certificate":
      return new StudioError("ENDPOINT_CERTIFICATE", { host, reason });
    case "reply":
      return new StudioError("ENDPOINT_REPLY_INVALID", { reason });
    case "unreachable":
      return unreachable(host, reason, sent);
  }
}

/** The same of a reply that had begun: the request was taken, and a picture may be drawn. */
export function brokenReply(error: unknown): StudioError | undefined {
  const found = connectionReason(error);
  return found && new StudioError("ENDPOINT_REPLY_BROKEN", { reason: found.reason });
}

/** `reason` completes "HOST did not answer: …". */
export function unreachable(host: string, reason: string, sent: Sent = "request"): StudioError {
  const details = { host, reason, ...(sent === "nothing" && { sent }) };
  return new StudioError("ENDPOINT_UNREACHABLE", details);
}
