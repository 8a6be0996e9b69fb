/** What is new in a version, in the users' words. */
export interface Release {
  readonly version: string;
  readonly items: readonly {
    readonly title: string;
    readonly text: string;
    /** The address of its page, and the label of the button that opens it. */
    readonly address: string;
    readonly go: string;
  }[];
}

/** The releases since the one seen last; only the newest if that one is unknown. */
export function unseenReleases(
  releases: readonly Release[],
  seen: string | undefined,
): readonly Release[] {
  const at = releases.findIndex(({ version }) => version === seen);
  return at < 0 ? releases.slice(0, 1) : releases.slice(0, at);
}

/** Newest first. A new release adds its texts here; they ship with the pages and are shown once after the update. */
const releases: readonly Release[] = [
  {
    version: "0.1.0",
    items: [
      {
        title: "Several pictures at a time",
        text: "The pictures of a batch appear on a sheet as they develop. Compare two side by side, or ask for more like one of them.",
        address: "/generate",
        go: "Generate",
      },
      {
        title: "Find anything",
        text: "Ctrl+K, or Cmd+K on a Mac, finds commands, settings, samplers, styles, models and pictures by a few letters.",
        address: "/settings?line=theme",
        go: "Settings",
      },
      {
        title: "Albums, ratings and tags",
        text: "Rate pictures with the keys 1 to 5, tag many at once, collect them in albums, and export them as a ZIP with their settings.",
        address: "/gallery",
        go: "Gallery",
      },
      {
        title: "Models from other programs",
        text: "Models that another program has on this computer can be used where they are, without a second copy.",
        address: "/models?get",
        go: "Models",
      },
      {
        title: "A server for your programs",
        text: "Programs that speak the inference protocol of KServe, OpenAI's images API or AUTOMATIC1111's API can draw here.",
        address: "/server",
        go: "Server",
      },
    ],
  },
];

export const news = {
  title: "What's new",
  open: "What's new",
  version: "Version {{version}}",
  close: "Continue",
  releases,
};
