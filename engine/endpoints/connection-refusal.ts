import { StudioError } from "../contract/errors.ts";
import { connectionReason } from "../network/connection-reason.ts";

/** How much had been sent when a connection failed. If nothing was, nothing has started; otherwise it may have. */
export type Sent = "nothing" | "request";

/** The refusal for a request without a reply; undefined for errors of our own. */
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

/** The same for an incomplete reply: the request was received, and a picture may be drawn. */
export function brokenReply(error: unknown): StudioError | undefined {
  const found = connectionReason(error);
  return found && new StudioError("ENDPOINT_REPLY_BROKEN", { reason: found.reason });
}

/** `reason` completes "HOST did not answer: …". */
export function unreachable(host: string, reason: string, sent: Sent = "request"): StudioError {
  const details = { host, reason, ...(sent === "nothing" && { sent }) };
  return new StudioError("ENDPOINT_UNREACHABLE", details);
}
