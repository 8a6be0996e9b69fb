import type { Finding } from "../../contract/doctor.ts";
import type { EndpointKind } from "../../contract/endpoints.ts";
import type { StudioError } from "../../contract/errors.ts";
import type { Starting } from "../../contract/progress.ts";
import type { SettingTrial } from "../../contract/setting-trial.ts";
import type { Trust } from "../../network/trust.ts";
import type { CheckedEndpoint } from "../check-endpoint.ts";
import type { EndpointAddress } from "../endpoint-address.ts";

/** What the first request of a look came to. */
export interface FirstReply {
  /** Absent where nothing came. */
  readonly status?: number;
  readonly ms: number;
  /** Why it is of no use; quotes nothing that is secret. */
  readonly problem?: StudioError | undefined;
}

/** An endpoint under examination. */
export interface Patient {
  readonly url: string;
  readonly kind: EndpointKind;
  readonly address: EndpointAddress;
  readonly model: string;
  readonly trust: Trust;
  readonly isTokenOverHttp: boolean;
  /** Whether it is reached without the proxy that the environment names. */
  readonly isDirect: boolean;
  readonly hasToken: boolean;
  readonly tokenExpiresAt?: string | undefined;
  readonly tokenSubject?: string | undefined;
  /** A text without what of the endpoint is secret. */
  readonly clean: (text: string) => string;
  /** Looks at the service over HTTP; tells of the first reply as soon as it is there. */
  readonly look: (onFirst: (reply: FirstReply) => void) => Promise<CheckedEndpoint>;
  /** Has one picture drawn, as cheap as the endpoint draws them; absent where none is asked for. */
  readonly draw?: (() => Promise<DrawnPicture>) | undefined;
  /** Waits for one that is starting; absent where that is not asked for. */
  readonly awaitStart?:
    | ((tell: (starting: Starting | undefined) => void) => Promise<unknown>)
    | undefined;
  /** Which settings it uses, where that was tried. */
  readonly trial?: SettingTrial | undefined;
  readonly now: () => Date;
}

/** What an endpoint is asked for to see that it draws: as little as it lets be chosen. */
export const DOCTORS_ORDER = {
  prompt: "a red house",
  negativePrompt: "",
  width: 128,
  height: 128,
  steps: 2,
} as const;

export interface DrawnPicture {
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
}

/** What a step came to, without its name and its time. */
export type Outcome = Omit<Finding, "step" | "ms"> & {
  /** Nobody was asked, so that it has no time. */
  readonly isUnasked?: true;
};
