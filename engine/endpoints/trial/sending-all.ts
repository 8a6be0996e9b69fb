import { TRIED_SETTINGS, type TriedSetting, type Verdicts } from "../../contract/setting-trial.ts";
import type { KeptEndpoint } from "../endpoint-file.ts";
import { settingsTaken } from "../sent-order.ts";

/** The settings that a trial sends: all, or those that the kind's API has. */
export function triedSettings({ kind, check }: KeptEndpoint): readonly TriedSetting[] {
  if (kind !== "openai" && kind !== "a1111") return TRIED_SETTINGS;
  return settingsTaken({ profile: "full", check });
}

const ALL_USED: Verdicts = Object.fromEntries(TRIED_SETTINGS.map((setting) => [setting, "used"]));

/** An endpoint as a trial uses it: everything in the order is sent. */
export function sendingAll(kept: KeptEndpoint): KeptEndpoint {
  const trial = { at: kept.createdAt, verdicts: ALL_USED, pictures: 0, seconds: 0 };
  return { ...kept, profile: "full", trial };
}
