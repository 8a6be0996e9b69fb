import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import type { TinyDecoderEntry } from "../../engine/contract/catalogue.ts";
import type { Settings } from "../../engine/contract/settings.ts";
import { useStudio } from "../connection/studio.tsx";
import { isActive, useTransfers } from "../state/transfers.ts";
import { Button } from "../ui/button.tsx";
import { SavedField } from "../ui/saved-field.tsx";
import { Switch } from "../ui/switch.tsx";
import { attempt } from "../ui/toasts.ts";
import { formatBytes } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import { Line } from "./line.tsx";
import { Actions, Section } from "./section.tsx";
import { useChange, useSave } from "./use-change.ts";

/** A tiny autoencoder: its files, and what it is used for. */
export function TinyDecoderSection({ settings }: { settings: Settings }) {
  const t = useWords("settings");
  const { queries } = useStudio();
  const change = useChange();
  const save = useSave();
  const { tinyDecoder, tinyForFast } = settings;
  const { data: entries = [] } = useQuery(queries.models.tinyDecoders.queryOptions());
  return (
    <Section of="tiny" kept="file">
      <Line id="tinyFolder">
        {entries
          .filter(({ folder }) => folder === undefined || folder !== tinyDecoder)
          .map((entry) => (
            <Offer key={entry.id} entry={entry} />
          ))}
        <SavedField
          label={t("tiny.folder")}
          description={t("tiny.folderHelp")}
          saved={tinyDecoder ?? ""}
          onSave={(typed) => save({ tinyDecoder: typed.trim() === "" ? null : typed.trim() })}
        />
      </Line>
      <Line id="tinyForFast">
        <Switch
          isSelected={tinyForFast}
          onChange={(isSelected) => change({ tinyForFast: isSelected })}
        >
          {t("tiny.forFast")}
        </Switch>
      </Line>
    </Section>
  );
}

/** A tiny decoder of the catalogue, with licence and size beside its download button. */
function Offer({ entry }: { entry: TinyDecoderEntry }) {
  const t = useWords("settings");
  const { client } = useStudio();
  const change = useChange();
  const { id, title, description, licence, sources, downloadBytes, folder } = entry;
  const isComing = useTransfers(({ all }) =>
    all.some((one) => one.kind === "download" && one.name === title && isActive(one)),
  );
  return (
    <>
      <p>
        {`${title}: ${description} `}
        {t("tiny.source", { source: sources.join(", ") })}{" "}
        <a href={licence.address} target="_blank" rel="noreferrer">
          {licence.title}
        </a>
        .
      </p>
      <Actions>
        {folder === undefined ? (
          <Button
            icon={Download}
            isDisabled={isComing}
            onPress={() => attempt(client.models.downloadTinyDecoder({ id }))}
          >
            {t(isComing ? "tiny.downloading" : "tiny.download", {
              title,
              size: formatBytes(downloadBytes),
            })}
          </Button>
        ) : (
          <Button onPress={() => change({ tinyDecoder: folder })}>
            {t("tiny.use", { title })}
          </Button>
        )}
      </Actions>
    </>
  );
}
