import { StudioError } from "../contract/errors.ts";
import { hostOf, type HubAccess } from "./hub-access.ts";

/** Whose file it is, as far as a refusal of it goes. */
export interface FileOwner {
  readonly repository: string;
  readonly isGated: boolean;
}

/**
 * What it is called when a file will not come. The hub answers 401 for what is gone as for what is
 * closed, so that the repository itself must tell them apart.
 */
export function fileRefusal(
  access: HubAccess,
  { repository, isGated }: FileOwner,
  file: string,
): (url: string, reason: string, status?: number) => StudioError {
  return (_, reason, status) => {
    const host = hostOf(access);
    if (status === 403 || (status === 401 && isGated)) {
      const terms = `its terms were not accepted in your name (${status})`;
      return new StudioError("HUB_REFUSED", { host, repository, reason: terms });
    }
    if (status === 401 || status === 404) {
      const gone = `${host} no longer has ${file} of it (${status})`;
      return new StudioError("HUB_NOT_FOUND", { repository, reason: gone });
    }
    return new StudioError("DOWNLOAD_FAILED", { file, reason });
  };
}
