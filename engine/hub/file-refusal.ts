import { StudioError } from "../contract/errors.ts";
import { hostOf, type HubAccess } from "./hub-access.ts";

/** What a file belongs to, for refusals. */
export interface FileOwner {
  readonly repository: string;
  readonly isGated: boolean;
}

/**
 * The refusal when a file cannot be downloaded. The hub answers 401 both for what does not exist and for what is
 * private, so the repository itself must be asked.
 */
export function fileRefusal(
  access: HubAccess,
  { repository, isGated }: FileOwner,
  file: string,
): (url: string, reason: string, status?: number) => StudioError {
  return (_, reason, status) => {
    const host = hostOf(access);
    if (status === 403 || (status === 401 && isGated)) {
      const terms = `your account has not accepted its terms (${status})`;
      return new StudioError("HUB_REFUSED", { host, repository, reason: terms });
    }
    if (status === 401 || status === 404) {
      const gone = `${host} no longer has ${file} of it (${status})`;
      return new StudioError("HUB_NOT_FOUND", { repository, reason: gone });
    }
    return new StudioError("DOWNLOAD_FAILED", { file, reason });
  };
}
