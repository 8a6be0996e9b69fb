import { useQuery } from "@tanstack/react-query";
import { Sparkles } from "lucide-react";
import { useMemo, useState } from "react";
import { useLocation } from "wouter";
import { SOFTWARE } from "../../engine/contract/software.ts";
import { useStudio } from "../connection/studio.tsx";
import { type Action, useActions } from "../shortcuts/registry.ts";
import { changeSettings } from "../state/settings.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { attempt } from "../ui/toasts.ts";
import { type Release, unseenReleases } from "../words/en/news.ts";
import { useWords } from "../words/words.ts";
import styles from "./whats-new.module.css";

/** What has changed for the user: shown once after each update, and again from the palette. */
export function WhatsNew() {
  const t = useWords("news");
  const frame = useWords("frame");
  const studio = useStudio();
  const { data: settings } = useQuery(studio.queries.settings.get.queryOptions());
  const releases = t("releases", { returnObjects: true });
  const [isAsked, setIsAsked] = useState(false);
  useActions(
    useMemo((): readonly Action[] => {
      const run = () => setIsAsked(true);
      const keywords = ["changelog", "release notes", "version", "update"];
      return [
        {
          id: "frame.news",
          label: t("open"),
          group: frame("studio"),
          icon: Sparkles,
          keywords,
          run,
        },
      ];
    }, [t, frame]),
  );
  const isUpdated = settings?.isIntroduced === true && settings.seenVersion !== SOFTWARE.version;
  const unseen = isUpdated ? unseenReleases(releases, settings.seenVersion) : [];
  const shown = isAsked ? releases : unseen;
  const close = () => {
    setIsAsked(false);
    if (isUpdated) attempt(changeSettings(studio, { seenVersion: SOFTWARE.version }));
  };
  return (
    <Dialog
      title={t("title")}
      size="wide"
      isOpen={shown.length > 0}
      onClose={close}
      actions={
        <Button variant="filled" onPress={close}>
          {t("close")}
        </Button>
      }
    >
      {shown.map((release) => (
        <ReleaseNews key={release.version} release={release} onLeave={close} />
      ))}
    </Dialog>
  );
}

function ReleaseNews({ release, onLeave }: { release: Release; onLeave: () => void }) {
  const t = useWords("news");
  const [, navigate] = useLocation();
  return (
    <section className={styles.release}>
      <h3 className={styles.version}>{t("version", { version: release.version })}</h3>
      <ul className={styles.items}>
        {release.items.map(({ title, text, address, go }) => (
          <li key={title} className={styles.item}>
            <div>
              <p className={styles.title}>{title}</p>
              <p className={styles.text}>{text}</p>
            </div>
            <Button
              size="dense"
              onPress={() => {
                onLeave();
                navigate(address);
              }}
            >
              {go}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
