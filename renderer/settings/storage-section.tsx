import { useQuery } from "@tanstack/react-query";
import { Box, Trash2 } from "lucide-react";
import { useLocation } from "wouter";
import { useStudio } from "../connection/studio.tsx";
import { Button } from "../ui/button.tsx";
import { formatBytes, formatCount } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import { useDataPath } from "./kept.tsx";
import { Line } from "./line.tsx";
import { Actions, Fact, Section } from "./section.tsx";

/** What takes space on the disk, and the ways to free some. */
export function StorageSection() {
  const t = useWords("settings");
  const [, navigate] = useLocation();
  return (
    <Section of="storage">
      <Line id="diskSpace" kept={{ path: useDataPath("models") }}>
        <Amounts />
        <Actions>
          <Button icon={Box} onPress={() => navigate("/models")}>
            {t("storage.openModels")}
          </Button>
          <Button icon={Trash2} onPress={() => navigate("/gallery?trash=true")}>
            {t("storage.openTrash")}
          </Button>
        </Actions>
      </Line>
    </Section>
  );
}

/** Shows each amount as soon as it is known. */
function Amounts() {
  const t = useWords("settings");
  const { queries } = useStudio();
  const machine = useQuery(queries.machine.get.queryOptions()).data;
  const models = useQuery(queries.models.list.queryOptions()).data;
  const facets = useQuery(queries.gallery.facets.queryOptions()).data;
  const bytes = models?.reduce((sum, { diskBytes }) => sum + diskBytes, 0) ?? 0;
  return (
    <>
      {machine && (
        <Fact name={t("storage.free")}>
          {t("storage.freeOf", {
            free: formatBytes(machine.disk.free),
            total: formatBytes(machine.disk.total),
          })}
        </Fact>
      )}
      {models && (
        <Fact name={t("storage.models")}>
          {t("storage.modelsOf", { count: models.length, size: formatBytes(bytes) })}
        </Fact>
      )}
      {facets && machine && (
        <Fact name={t("storage.pictures")}>
          {t("storage.picturesOf", {
            count: facets.total,
            formatted: formatCount(facets.total),
            folder: machine.pictureFolder,
          })}
        </Fact>
      )}
      {facets && (
        <Fact name={t("storage.trash")}>
          {t("storage.trashOf", { count: facets.trashed, formatted: formatCount(facets.trashed) })}
        </Fact>
      )}
    </>
  );
}
