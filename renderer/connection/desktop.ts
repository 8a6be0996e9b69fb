/** An entry of a native menu; one without an id is a separator. */
export interface NativeMenuItem {
  readonly id?: string;
  readonly label?: string;
  readonly keys?: string;
  readonly isDisabled?: boolean;
}

/** What only a desktop window can do. The preload script provides it. */
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
  /** Registers for commands of the application menu, by the ids of renderer/shortcuts; returns how to unregister. */
  onCommand(listener: (id: string) => void): () => void;
  /** The path of a dropped file. */
  pathOf(file: File): string;
}

declare global {
  interface Window {
    readonly desktop?: Desktop;
  }
}

/** The desktop window around the page; undefined in a browser. */
export const desktop: Desktop | undefined = window.desktop;
