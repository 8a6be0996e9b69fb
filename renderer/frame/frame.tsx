import { type ReactNode, useMemo, useState } from "react";
import { useTheme } from "./theme.ts";
import styles from "./frame.module.css";
import { Rail } from "./rail.tsx";
import { useActions } from "../shortcuts/registry.ts";
import { Keyboard } from "../shortcuts/keyboard.tsx";
import { Palette } from "../shortcuts/palette.tsx";
import { Sheet } from "../shortcuts/sheet.tsx";
import { useFollowStudio } from "../state/follow-studio.ts";
import { ToastRegion } from "../ui/toast-region.tsx";
import { useWords } from "../words/words.ts";

/** What stays around the pages. */
export function Frame({ children }: { children: ReactNode }) {
  const t = useWords("frame");
  const [open, setOpen] = useState<"palette" | "sheet">();
  useFollowStudio();
  useTheme();
  useActions(
    useMemo(
      () => [
        {
          id: "frame.palette",
          label: t("openPalette"),
          group: t("studio"),
          keys: "mod+k",
          run: () => setOpen("palette"),
        },
        {
          id: "frame.sheet",
          label: t("openSheet"),
          group: t("studio"),
          keys: "shift+?",
          run: () => setOpen("sheet"),
        },
      ],
      [t],
    ),
  );
  return (
    <div className={styles.frame}>
      <Rail />
      <main className={styles.page}>{children}</main>
      <footer className={styles.status} />
      <Keyboard />
      <Palette isOpen={open === "palette"} onClose={() => setOpen(undefined)} />
      <Sheet isOpen={open === "sheet"} onClose={() => setOpen(undefined)} />
      <ToastRegion />
    </div>
  );
}
