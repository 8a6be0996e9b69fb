import { useQuery } from "@tanstack/react-query";
import { Copy, ExternalLink, FolderOpen, Keyboard } from "lucide-react";
import type { Machine } from "../../engine/contract/machine.ts";
import { desktop } from "../connection/desktop.ts";
import { useStudio } from "../connection/studio.tsx";
import { runAction } from "../shortcuts/registry.ts";
import { Button } from "../ui/button.tsx";
import { attempt, showToast } from "../ui/toasts.ts";
import { formatBytes } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import { Actions, Fact, Help, Titled } from "./section.tsx";

/** The program's version, where it stores data, and what it does not do. */
export function AboutSection() {
  const t = useWords("settings");
  const { client, queries } = useStudio();
  const machine = useQuery(queries.machine.get.queryOptions()).data;
  const openElsewhere = async () => {
    const { url } = await client.machine.open();
    await navigator.clipboard.writeText(url);
    showToast(t("about.opened"));
  };
  return (
    <Titled title={t("about.title")} link="about">
      {machine && <MachineFacts machine={machine} />}
      <Actions>
        <Button icon={ExternalLink} onPress={() => attempt(openElsewhere())}>
          {t("about.open")}
        </Button>
        <Button icon={Keyboard} onPress={() => runAction("frame.sheet")}>
          {t("about.shortcuts")}
        </Button>
      </Actions>
      <Help>{t("about.openHelp")}</Help>
      <Help>{t("about.telemetry")}</Help>
      <Help>{t("about.licence")}</Help>
    </Titled>
  );
}

function MachineFacts({ machine }: { machine: Machine }) {
  const t = useWords("settings");
  const { version, platform, dataFolder, memory } = machine;
  const copy = async () => {
    await navigator.clipboard.writeText(dataFolder);
    showToast(t("about.copied"));
  };
  return (
    <>
      <p>{t("about.version", { version, platform })}</p>
      <Fact name={t("about.memory")}>
        {t("about.memoryOf", {
          used: formatBytes(memory.studio),
          free: formatBytes(memory.free),
          total: formatBytes(memory.total),
        })}
      </Fact>
      <Fact name={t("about.data")}>
        <code>{dataFolder}</code>
      </Fact>
      <Actions>
        <Button icon={Copy} onPress={() => attempt(copy())}>
          {t("about.copy")}
        </Button>
        {desktop && (
          <Button icon={FolderOpen} onPress={() => attempt(desktop?.revealFolder("data"))}>
            {t("about.revealData")}
          </Button>
        )}
      </Actions>
    </>
  );
}
