import { create } from "zustand";
import { persist } from "zustand/middleware";

/** The arrangement of this browser's window; stored here, not in the studio. */
export interface ViewState {
  readonly isDetailsOpen: boolean;
  readonly isFormOpen: boolean;
  /** Whether the rail with albums and tags is shown in the gallery. */
  readonly isRailOpen: boolean;
  readonly isNegativePromptOpen: boolean;
  /** Width of a gallery tile, pixels. */
  readonly tileSize: number;
  /** Panel sizes by the name of their group, in the form that react-resizable-panels uses. */
  readonly layouts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Notices that the user has dismissed, by their text, which differs each time. */
  readonly readNotices: readonly string[];
  /** Notices that a notification was sent for, by their text. */
  readonly toldNotices: readonly string[];
  /** Prompts used so far, newest first. */
  readonly prompts: readonly string[];
  /** Whether the next steps are shown above the first picture. */
  readonly nextSteps: boolean;
}

/** Maximum number of prompts in the history. */
const KEPT_PROMPTS = 100;

/** The initial sizes of panels and tiles. */
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
      toldNotices: [],
      prompts: [],
      nextSteps: false,
    }),
    { name: "darkroom.view", version: 1 },
  ),
);

export function keepLayout(name: string, layout: Readonly<Record<string, number>>): void {
  useView.setState(({ layouts }) => ({ layouts: { ...layouts, [name]: layout } }));
}

/** Notices of earlier runs are over and need not be kept. */
export function markNoticesRead(readNotices: readonly string[]): void {
  useView.setState({ readNotices });
}

/** Those that are over are forgotten. */
export function markNoticesTold(toldNotices: readonly string[]): void {
  useView.setState({ toldNotices });
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

/** Restores the initial sizes of panels and tiles. */
export function resetLayout(): void {
  useView.setState(LAYOUT);
}

/** Hides both panels, leaving only the picture, or shows them again. */
export function togglePanels(): void {
  useView.setState(({ isDetailsOpen, isFormOpen }) => {
    const isShown = !(isDetailsOpen || isFormOpen);
    return { isDetailsOpen: isShown, isFormOpen: isShown };
  });
}

export function toggleDetails(): void {
  useView.setState(({ isDetailsOpen }) => ({ isDetailsOpen: !isDetailsOpen }));
}
