import { create } from "zustand";

/** The picture whose order is about to be drawn at other targets; undefined while nobody asks for that. */
export const useElsewhere = create<{ readonly imageId: string | undefined }>()(() => ({
  imageId: undefined,
}));

/** Asks at which targets a picture's order is drawn, too. */
export function askElsewhere(imageId: string): void {
  useElsewhere.setState({ imageId });
}

export function closeElsewhere(): void {
  useElsewhere.setState({ imageId: undefined });
}
