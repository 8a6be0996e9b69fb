import { mkdtemp, rmdir } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { StudioError } from "../contract/errors.ts";
import {
  NAME_PARTS,
  type Settings,
  type SettingsChange,
  unknownNamePart,
} from "../contract/settings.ts";
import { readTinyDecoder } from "../drawing/tiny-decoder.ts";
import { makeFolder } from "../files/atomic-file.ts";
import { isSystemError } from "../files/system-error.ts";
import type { FormFile } from "../settings/form-file.ts";
import type { SettingsFile } from "../settings/settings-file.ts";
import type { StyleFile } from "../settings/style-file.ts";
import { csvOf, jsonOf, readStyles } from "../settings/styles-text.ts";
import type { EventLog } from "./event-log.ts";
import { os } from "./implementer.ts";

export interface SettingsParts {
  readonly settings: SettingsFile;
  readonly form: FormFile;
  readonly events: EventLog;
  /** Applies a change that is already stored; its refusals reach the caller. */
  readonly onChange?: (now: Settings, before: Settings) => Promise<void> | void;
}

/** A person's settings, and the state of the form. */
export function settingsProcedures(parts: SettingsParts) {
  const { settings, form, events, onChange } = parts;
  return {
    get: os.settings.get.handler(() => settings.read()),
    change: os.settings.change.handler(async ({ input }) => {
      refuseRelative(input);
      refuseUnknownPart(input);
      if (typeof input.pictureFolder === "string") await readyFolder(input.pictureFolder);
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

export interface StyleParts {
  readonly styles: StyleFile;
  readonly events: EventLog;
}

/** Saved styles. */
export function styleProcedures({ styles, events }: StyleParts) {
  const tell = (): void => events.publish({ type: "styles-changed" });
  return {
    list: os.styles.list.handler(() => styles.list()),
    save: os.styles.save.handler(async ({ input }) => {
      await styles.save(input.styles, input.replaces);
      tell();
    }),
    remove: os.styles.remove.handler(async ({ input }) => {
      await styles.remove(input.names);
      tell();
    }),
    import: os.styles.import.handler(async ({ input: { file } }) => {
      const read = readStyles(await file.bytes(), file.name);
      const outcome = await styles.add(read.styles);
      tell();
      return { ...outcome, skipped: read.skipped };
    }),
    export: os.styles.export.handler(({ input: { format } }) => ({
      text: format === "json" ? jsonOf(styles.list()) : csvOf(styles.list()),
    })),
  };
}

/** A relative folder would depend on where the host was started. */
function refuseRelative({ pictureFolder, tinyDecoder }: SettingsChange): void {
  for (const value of [pictureFolder, tinyDecoder]) {
    if (typeof value !== "string" || isAbsolute(value)) continue;
    throw invalidFolder(value, "it must be a full path");
  }
}

/** Only new patterns are refused: stored ones keep their meaning, in which an unknown word in braces stays as it is. */
function refuseUnknownPart({ fileNamePattern: pattern = "" }: SettingsChange): void {
  const unknown = unknownNamePart(pattern);
  if (unknown === undefined) return;
  const known = NAME_PARTS.map((name) => `{${name}}`).join(" ");
  const reason = `${unknown} is not one of ${known}`;
  throw new StudioError("REQUEST_INVALID", {
    field: "The pattern for file names",
    value: pattern,
    reason,
  });
}

/** Creates a folder for pictures if there is none, and refuses one in which nothing can be made. */
async function readyFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    // Permissions do not tell: root has them all, and a disk may be read-only or belong to the system.
    await rmdir(await mkdtemp(join(folder, ".darkroom-")));
  } catch (error) {
    if (isSystemError(error, "EEXIST", "ENOTDIR")) {
      throw invalidFolder(folder, "a file is in the way");
    }
    throw invalidFolder(folder, "Darkroom cannot write there");
  }
}

function invalidFolder(value: string, reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "The folder", value, reason });
}
