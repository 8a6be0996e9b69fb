import { create } from "zustand";
import { persist } from "zustand/middleware";

/** How this browser's window is arranged: kept here, not in the studio. */
export interface ViewState {
  readonly isDetailsOpen: boolean;
  readonly isFormOpen: boolean;
  /** Whether albums and tags stand beside the gallery. */
  readonly isRailOpen: boolean;
  readonly isNegativePromptOpen: boolean;
  /** Width of a gallery tile, pixels. */
  readonly tileSize: number;
  /** Panel sizes by the name of their group, as react-resizable-panels keeps them. */
  readonly layouts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** What the studio found damaged and a person has read: each time of it has a sentence of its own. */
  readonly readNotices: readonly string[];
  /** Prompts that were pressed, newest first. */
  readonly prompts: readonly string[];
  /** Whether the first picture has the ways on above it. */
  readonly nextSteps: boolean;
}

/** Prompts kept for Alt+arrow. */
const KEPT_PROMPTS = 100;

/** How panels and tiles are at first. */
const LAYOUT = {
  isDetailsOpen: true,
  isFormOpen: true,
  isRailOpen: false,
  isNegativePromptOpen: false,
  tileSize: 180,
  layouts: {},
} as const satisfies Partial<ViewState>;

export const useView = create<ViewState>()(
  persist(
    (): ViewState => ({
      ...LAYOUT,
      readNotices: [],
      prompts: [],
      nextSteps: false,
    }),
    { name: "darkroom.view", version: 1 },
  ),
);

export function keepLayout(name: string, layout: Readonly<Record<string, number>>): void {
  useView.setState(({ layouts }) => ({ layouts: { ...layouts, [name]: layout } }));
}

/** Those of an earlier run are over, and need not be kept. */
export function markNoticesRead(readNotices: readonly string[]): void {
  useView.setState({ readNotices });
}

export function showNextSteps(nextSteps: boolean): void {
  useView.setState({ nextSteps });
}

export function rememberPrompt(prompt: string): void {
  if (prompt.trim() === "") return;
  useView.setState(({ prompts }) => ({
    prompts: [prompt, ...prompts.filter((other) => other !== prompt)].slice(0, KEPT_PROMPTS),
  }));
}

export function forgetPrompts(): void {
  useView.setState({ prompts: [] });
}

/** Panels and tiles as they were at first. */
export function resetLayout(): void {
  useView.setState(LAYOUT);
}

/** Hides both panels for a picture without company, and brings both back. */
export function togglePanels(): void {
  useView.setState(({ isDetailsOpen, isFormOpen }) => {
    const isShown = !(isDetailsOpen || isFormOpen);
    return { isDetailsOpen: isShown, isFormOpen: isShown };
  });
}

export function toggleDetails(): void {
  useView.setState(({ isDetailsOpen }) => ({ isDetailsOpen: !isDetailsOpen }));
}
