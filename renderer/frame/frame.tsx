import { RotateCcw } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { useLocation } from "wouter";
import { desktop } from "../connection/desktop.ts";
import { Sheet } from "../shortcuts/action-lists.tsx";
import { Keyboard } from "../shortcuts/keyboard.tsx";
import { runAction, useActions } from "../shortcuts/registry.ts";
import { useConnection } from "../state/connection.ts";
import { useKeptForm } from "../state/form-keeping.ts";
import { useFollowStudio } from "../state/follow-studio.ts";
import { Button } from "../ui/button.tsx";
import { ToastRegion } from "../ui/toast-region.tsx";
import { useWords } from "../words/words.ts";
import { BusySigns } from "./busy-signs.ts";
import { type Shown, useFrameActions } from "./frame-actions.ts";
import styles from "./frame.module.css";
import { Notices } from "./notices.tsx";
import { PageBoundary } from "./page-boundary.tsx";
import { Palette } from "./palette/palette.tsx";
import { QueueActions } from "./queue-actions.ts";
import { pageOf, Rail } from "./rail.tsx";
import { StatusBar } from "./status-bar.tsx";
import { useTheme } from "./theme.ts";

/** The parts of the window that stay on every page. */
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
  useKeptForm();
  useActions(useFrameActions(setShown));
  useEffect(keepDroppedFiles, []);
  useEffect(() => desktop?.onCommand((id) => void runAction(id)), []);
  return (
    <div className={styles.frame}>
      <BusySigns page={t(pageOf(address))} />
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
      <QueueActions />
      <Keyboard />
      {shown === "palette" && <Palette onClose={close} />}
      <Sheet isOpen={shown === "sheet"} onClose={close} />
      <ToastRegion />
    </div>
  );
}

/** Without this, a file dropped outside a drop target would replace the page in the browser. */
function keepDroppedFiles(): () => void {
  const leaving = new AbortController();
  addEventListener("dragover", keepHere, { signal: leaving.signal });
  addEventListener("drop", keepHere, { signal: leaving.signal });
  return () => leaving.abort();
}

function keepHere(event: DragEvent): void {
  event.preventDefault();
}

/** Shown instead of the pages: how to sign this browser in to the studio. */
function LockedOut() {
  const t = useWords("frame");
  const again = useWords("ui");
  return (
    <main className={styles.locked}>
      <div className={styles.words}>
        <h1 className={styles.title}>{t("lockedOut.title")}</h1>
        <p>{t("lockedOut.text")}</p>
        <code className={styles.command}>{t("lockedOut.command")}</code>
        <p>{t("lockedOut.next")}</p>
        <div>
          <Button icon={RotateCcw} onPress={() => location.reload()}>
            {again("tryAgain")}
          </Button>
        </div>
      </div>
    </main>
  );
}
