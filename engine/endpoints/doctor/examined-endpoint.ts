import type { Finding } from "../../contract/doctor.ts";
import type { Endpoint, EndpointKind } from "../../contract/endpoints.ts";
import type { StudioError } from "../../contract/errors.ts";
import type { Starting } from "../../contract/progress.ts";
import type { SettingTrial } from "../../contract/setting-trial.ts";
import type { Trust } from "../../network/trust.ts";
import type { CheckedEndpoint } from "../check-endpoint.ts";
import type { EndpointAddress } from "../endpoint-address.ts";

/** The result of a look's first request. */
export interface FirstReply {
  /** Absent if there was no reply. */
  readonly status?: number;
  readonly ms: number;
  /** Why it is of no use; contains no secrets. */
  readonly problem?: StudioError | undefined;
}

/** An endpoint that is being examined. */
export interface ExaminedEndpoint {
  readonly url: string;
  readonly kind: EndpointKind;
  /** Which settings are sent to it. */
  readonly profile: Endpoint["profile"];
  readonly address: EndpointAddress;
  /** Absent if none was chosen: a look finds it out. */
  readonly model: string | undefined;
  readonly trust: Trust;
  readonly isTokenOverHttp: boolean;
  /** Whether the environment's proxy is bypassed. */
  readonly isDirect: boolean;
  readonly hasToken: boolean;
  readonly tokenExpiresAt?: string | undefined;
  readonly tokenSubject?: string | undefined;
  /** Removes the endpoint's secrets from a text. */
  readonly clean: (text: string) => string;
  /** Looks at the service; reports the first reply as soon as it arrives. */
  readonly look: (onFirst: (reply: FirstReply) => void) => Promise<CheckedEndpoint>;
  /** Draws one picture, as small as the endpoint allows; absent if none is requested. */
  readonly draw?: (() => Promise<DrawnPicture>) | undefined;
  /** Waits for a start; absent if that is not requested. */
  readonly awaitStart?:
    | ((tell: (starting: Starting | undefined) => void) => Promise<unknown>)
    | undefined;
  /** Which settings it uses, if there was a trial. */
  readonly trial?: SettingTrial | undefined;
  readonly now: () => Date;
}

export interface DrawnPicture {
  readonly pixels: { readonly width: number; readonly height: number };
  readonly seconds: number;
  /** Whether it came from v1's address, since v2's could not send it. */
  readonly isV1Wrapper?: boolean;
}

/** The result of a step, without its name and duration. */
export type Outcome = Omit<Finding, "step" | "ms"> & {
  /** Nothing was asked, so there is no duration. */
  readonly isUnasked?: true;
};
