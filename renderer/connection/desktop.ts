/** An entry of a native menu; one without an id is a line between groups. */
export interface NativeMenuItem {
  readonly id?: string;
  readonly label?: string;
  readonly keys?: string;
  readonly isDisabled?: boolean;
}

/** What only a window on the desktop can do; the preload script puts it there. */
export interface Desktop {
  readonly platform: string;
  chooseFolder(): Promise<string | undefined>;
  choosePicture(): Promise<string | undefined>;
  revealImage(id: string): Promise<void>;
  copyImage(id: string): Promise<void>;
  startDrag(id: string): Promise<void>;
  revealFolder(kind: "pictures" | "data" | "models"): Promise<void>;
  notify(title: string, body: string): Promise<void>;
  setProgress(fraction: number | null, badge: number): Promise<void>;
  /** Resolves to the chosen entry's id. */
  showMenu(items: readonly NativeMenuItem[]): Promise<string | undefined>;
  /** Commands of the application menu, by the ids of renderer/shortcuts; gives back how to stop listening. */
  onCommand(listener: (id: string) => void): () => void;
  /** Where a dropped file lies. */
  pathOf(file: File): string;
}

declare global {
  interface Window {
    readonly desktop?: Desktop;
  }
}

/** The window around the page, where there is one. */
export const desktop: Desktop | undefined = window.desktop;
