import { create } from "zustand";

/** The picture for which the dialog for drawing it at other targets is open; undefined if it is closed. */
export const useElsewhere = create<{ readonly imageId: string | undefined }>()(() => ({
  imageId: undefined,
}));

/** Opens the dialog for a picture. */
export function askElsewhere(imageId: string): void {
  useElsewhere.setState({ imageId });
}

export function closeElsewhere(): void {
  useElsewhere.setState({ imageId: undefined });
}
