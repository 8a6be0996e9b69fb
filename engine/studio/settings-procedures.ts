import { isAbsolute } from "node:path";
import { StudioError } from "../contract/errors.ts";
import type { Settings, SettingsChange } from "../contract/settings.ts";
import { readTinyDecoder } from "../drawing/tiny-decoder.ts";
import type { FormFile } from "../settings/form-file.ts";
import type { SettingsFile } from "../settings/settings-file.ts";
import type { EventLog } from "./event-log.ts";
import { os } from "./implementer.ts";

export interface SettingsParts {
  readonly settings: SettingsFile;
  readonly form: FormFile;
  readonly events: EventLog;
  /** Acts on a change that is kept already; what it refuses, the asker hears. */
  readonly onChange?: (now: Settings, before: Settings) => Promise<void> | void;
}

/** What a person chose, and the form as it was left. */
export function settingsProcedures(parts: SettingsParts) {
  const { settings, form, events, onChange } = parts;
  return {
    get: os.settings.get.handler(() => settings.read()),
    change: os.settings.change.handler(async ({ input }) => {
      refuseRelative(input);
      if (typeof input.tinyDecoder === "string") await readTinyDecoder(input.tinyDecoder);
      const before = settings.read();
      const now = await settings.change(input);
      events.publish({ type: "settings-changed", settings: now });
      await onChange?.(now, before);
      return now;
    }),
    readForm: os.settings.readForm.handler(() => form.read()),
    writeForm: os.settings.writeForm.handler(({ input }) => form.write(input)),
  };
}

/** A relative folder would depend on where the host was started. */
function refuseRelative({ pictureFolder, tinyDecoder }: SettingsChange): void {
  for (const value of [pictureFolder, tinyDecoder]) {
    if (typeof value !== "string" || isAbsolute(value)) continue;
    const reason = "it must be a full path";
    throw new StudioError("REQUEST_INVALID", { field: "The folder", value, reason });
  }
}
