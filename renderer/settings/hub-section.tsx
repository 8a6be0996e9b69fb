import { useQuery } from "@tanstack/react-query";
import type { Settings } from "../../engine/contract/settings.ts";
import { useStudio } from "../connection/studio.tsx";
import { SavedField } from "../ui/saved-field.tsx";
import { useWords } from "../words/words.ts";
import { HubToken } from "./hub-token.tsx";
import { Section } from "./section.tsx";
import { useChange } from "./use-change.ts";

/** Where models are fetched from, and as whom. */
export function HubSection({ settings: { hubEndpoint } }: { settings: Settings }) {
  const t = useWords("settings");
  const { queries } = useStudio();
  const statuses = useQuery(queries.secrets.status.queryOptions()).data;
  const token = statuses?.find(({ name }) => name === "hub-token");
  return (
    <Section title={t("hub.title")}>
      {token && <HubToken status={token} />}
      <HubAddress key={hubEndpoint ?? ""} address={hubEndpoint ?? ""} />
    </Section>
  );
}

function HubAddress({ address }: { address: string }) {
  const t = useWords("settings");
  const change = useChange();
  return (
    <SavedField
      label={t("hub.endpoint")}
      description={t("hub.endpointHelp")}
      placeholder={t("hub.endpointPlaceholder")}
      saved={address}
      faultOf={(typed) =>
        /^(https?:\/\/\S+)?$/.test(typed.trim()) ? undefined : t("hub.badAddress")
      }
      onSave={(typed) => change({ hubEndpoint: typed.trim() === "" ? null : typed.trim() })}
    />
  );
}
