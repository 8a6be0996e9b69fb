/** A line of the Settings page: its name in a search, and its effect. */
interface SettingLine {
  /** The section that it belongs to. */
  readonly section: string;
  readonly name: string;
  readonly what: string;
  /** Other words to find it by. */
  readonly find: string;
}

/** All lines of the Settings page, in order. */
export const settingLines = {
  theme: {
    section: "appearance",
    name: "Theme",
    what: "The colours of every page.",
    find: "dark light mode colour color",
  },
  scaling: {
    section: "appearance",
    name: "Enlarging small pictures",
    what: "How small pictures are enlarged, up to three times their size.",
    find: "pixelated smooth crisp upscale zoom",
  },
  device: {
    section: "drawing",
    name: "Device",
    what: "What draws the next picture.",
    find: "gpu cpu processor graphics card directml webgpu core ml hardware",
  },
  cuda: {
    section: "drawing",
    name: "CUDA support",
    what: "The libraries that NVIDIA cards need.",
    find: "nvidia gpu graphics card libraries",
  },
  tinyFolder: {
    section: "tiny",
    name: "Tiny decoder",
    what: "Gives sharper previews. A model that has its own tiny_vae folder uses that instead.",
    find: "taesd preview autoencoder vae",
  },
  tinyForFast: {
    section: "tiny",
    name: "Decode Fast pictures with the tiny decoder",
    what: "Saves most of the decoding time; pictures are slightly softer and their details say so.",
    find: "taesd vae speed preset",
  },
  pictureFolder: {
    section: "pictures",
    name: "Picture folder",
    what: "Where new pictures go, on the computer that draws. Pictures already made stay where they are.",
    find: "output directory save path gallery",
  },
  fileNames: {
    section: "pictures",
    name: "File names",
    what: "What new pictures are called.",
    find: "pattern rename subfolder",
  },
  rebuild: {
    section: "pictures",
    name: "Rebuild the index",
    what: "Reads every picture again and rebuilds the gallery's index. Nothing in the pictures changes.",
    find: "rescan repair missing database",
  },
  diskSpace: {
    section: "storage",
    name: "Disk space",
    what: "Removing a model or emptying the trash frees space at once. Pictures are never deleted without asking.",
    find: "free space storage full clean up cache trash size delete gigabytes",
  },
  hubToken: {
    section: "hub",
    name: "Access token of the hub",
    what: "Needed only for gated models. Sent only to the hub.",
    find: "hf_token hugging face login account gated key",
  },
  hubAddress: {
    section: "hub",
    name: "Address of the hub",
    what: "Where models are downloaded from. Empty means HF_ENDPOINT, or the public hub.",
    find: "mirror hf_endpoint url proxy",
  },
  notify: {
    section: "notices",
    name: "Notifications",
    what: "Tells you when a long run has ended, once for all its pictures, and when one has failed.",
    find: "alert message done finished desktop",
  },
  longRun: {
    section: "notices",
    name: "A long run",
    what: "Shorter runs are not announced, unless one failed while you were elsewhere.",
    find: "seconds notification time",
  },
  sound: {
    section: "notices",
    name: "Sound",
    what: "Plays two quiet notes with each of these notifications.",
    find: "chime beep audio volume mute",
  },
  keepInTray: {
    section: "desktop",
    name: "Keep drawing when the window is closed",
    what: "Darkroom stays in the tray until you quit it there.",
    find: "background minimize system tray",
  },
  remembered: {
    section: "browser",
    name: "Earlier prompts and recent commands",
    what: "What Generate and the palette offer again.",
    find: "history clear privacy forget",
  },
  layout: {
    section: "browser",
    name: "Panels",
    what: "Which panels are open and how wide, and how large the gallery's tiles are.",
    find: "layout reset columns width size",
  },
} as const satisfies Readonly<Record<string, SettingLine>>;

export type SettingLineId = keyof typeof settingLines;
