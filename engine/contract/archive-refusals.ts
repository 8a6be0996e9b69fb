/** The refusals about archives; errors.ts explains the fields. */
export const ARCHIVE_REFUSALS = {
  ARCHIVE_DAMAGED: {
    status: 422,
    sentence: "{file} is not a valid archive: {reason}.",
    advice: "Copy or download it again; if that does not help, make it again.",
  },
  ARCHIVE_UNSAFE: {
    status: 422,
    sentence: "{file} was refused because it could do harm: {reason}.",
    advice: "Do not unpack it by other means; ask its sender for one made by torch-model-archiver.",
  },
  ARCHIVE_TOO_LARGE: {
    status: 413,
    sentence: "{file} exceeds the limits of a model archive: {reason}.",
    advice: "Ask its sender for an archive that contains one model and nothing else.",
  },
  ARCHIVE_MANIFEST_INVALID: {
    status: 422,
    sentence: "The manifest of {file} cannot be used: {reason}.",
    advice: "Make the archive again with torch-model-archiver, which writes MAR-INF/MANIFEST.json.",
  },
  ARCHIVE_WITHOUT_MODEL: {
    status: 422,
    sentence: "{file} contains no model that Darkroom can draw with: {reason}.",
    advice: "Pack a Stable Diffusion 1.x or 2.x model in diffusers layout as model.zip.",
  },
  ARCHIVE_FLATTENED: {
    status: 422,
    sentence: "{file} was packed without the model's folders: {reason}.",
    advice: "Pack the model as model.zip, which keeps its folders, and make the archive again.",
  },
  ARCHIVE_UNWRITABLE: {
    status: 500,
    sentence: "{path} could not be written: {reason}.",
    advice: "Choose a folder you may write to.",
  },
  ARCHIVE_INPUT_CHANGED: {
    status: 409,
    sentence: "{what} changed while it was packed or published.",
    advice: "Wait until no other program writes to it, then try again.",
  },
} as const;
