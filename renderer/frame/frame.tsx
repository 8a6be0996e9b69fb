import { type ReactNode, useEffect, useState } from "react";
import { useLocation } from "wouter";
import { desktop } from "../connection/desktop.ts";
import { Keyboard } from "../shortcuts/keyboard.tsx";
import { Palette } from "../shortcuts/palette.tsx";
import { runAction, useActions } from "../shortcuts/registry.ts";
import { Sheet } from "../shortcuts/sheet.tsx";
import { useConnection } from "../state/connection.ts";
import { useFollowStudio } from "../state/follow-studio.ts";
import { ToastRegion } from "../ui/toast-region.tsx";
import { useWords } from "../words/words.ts";
import { useBusySigns } from "./busy.ts";
import styles from "./frame.module.css";
import { type Shown, useFrameActions } from "./frame-actions.ts";
import { LockedOut } from "./locked-out.tsx";
import { Notices } from "./notices.tsx";
import { useQueueActions } from "./queue-actions.ts";
import { PageBoundary } from "./page-boundary.tsx";
import { pageOf, Rail } from "./rail.tsx";
import { StatusBar } from "./status-bar.tsx";
import { useTheme } from "./theme.ts";

/** What stays around the pages. */
export function Frame({ children }: { children: ReactNode }) {
  useFollowStudio();
  useTheme();
  const isLockedOut = useConnection(({ state }) => state === "lockedOut");
  return isLockedOut ? <LockedOut /> : <Room>{children}</Room>;
}

function Room({ children }: { children: ReactNode }) {
  const t = useWords("frame");
  const [address] = useLocation();
  const [shown, setShown] = useState<Shown>();
  const close = () => setShown(undefined);
  useBusySigns(t(pageOf(address)));
  useActions(useFrameActions(setShown));
  useActions(useQueueActions());
  useEffect(keepDroppedFiles, []);
  useEffect(() => desktop?.onCommand((id) => void runAction(id)), []);
  return (
    <div className={styles.frame}>
      <Notices />
      <Rail />
      <main className={styles.page}>
        <PageBoundary address={address} title={t("broken")}>
          {children}
        </PageBoundary>
      </main>
      <StatusBar
        isQueueOpen={shown === "queue"}
        onQueueOpenChange={(isOpen) => setShown(isOpen ? "queue" : undefined)}
      />
      <Keyboard />
      <Palette isOpen={shown === "palette"} onClose={close} />
      <Sheet isOpen={shown === "sheet"} onClose={close} />
      <ToastRegion />
    </div>
  );
}

/** A file dropped beside what takes files would take the browser away from the page. */
function keepDroppedFiles(): () => void {
  const leaving = new AbortController();
  addEventListener("dragover", keepHere, { signal: leaving.signal });
  addEventListener("drop", keepHere, { signal: leaving.signal });
  return () => leaving.abort();
}

function keepHere(event: DragEvent): void {
  event.preventDefault();
}
