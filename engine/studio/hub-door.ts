import { StudioError } from "../contract/errors.ts";
import { proxiedFetch } from "../download/proxied-fetch.ts";
import { hubEndpoint, type HubAccess } from "../hub/hub-access.ts";
import { whoAmI } from "../hub/who-am-i.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { SettingsFile } from "../settings/settings-file.ts";
import type { WhoAmI } from "./secret-procedures.ts";

export interface HubDoor {
  /** The hub as it is set now, with the token that is kept now. */
  readonly hub: () => Promise<HubAccess>;
  /** Asks the hub whether it takes a token. */
  readonly whoAmI: WhoAmI;
}

/** Introduces the hub to the settings and the secrets. */
export function hubDoor(settings: SettingsFile, secrets: Secrets): HubDoor {
  const fetch = proxiedFetch();
  const access = (token: string | undefined): HubAccess => ({
    endpoint: hubEndpoint(settings.read().hubEndpoint),
    token,
    fetch,
  });
  return {
    hub: async () => access(await secrets.get("hub-token").catch(withoutToken)),
    whoAmI: async (token, signal) => whoAmI(access(token), signal),
  };
}

/** A vault that is locked keeps nobody from what is open to all. */
function withoutToken(error: unknown): undefined {
  if (error instanceof StudioError && error.code === "SECRET_UNAVAILABLE") return undefined;
  throw error;
}
