import { useQuery } from "@tanstack/react-query";
import type { SecretStatus } from "../../engine/contract/secrets.ts";
import type { Settings } from "../../engine/contract/settings.ts";
import { useStudio } from "../connection/studio.tsx";
import { SavedField } from "../ui/saved-field.tsx";
import { useWords } from "../words/words.ts";
import { HubToken } from "./hub-token.tsx";
import { type Kept, useDataPath } from "./kept.tsx";
import { Line } from "./line.tsx";
import { Section } from "./section.tsx";
import { useSave } from "./use-change.ts";

/** Where models are downloaded from, and with which token. */
export function HubSection({ settings: { hubEndpoint } }: { settings: Settings }) {
  const secrets = useDataPath("secrets.json");
  const { queries } = useStudio();
  const statuses = useQuery(queries.secrets.status.queryOptions()).data;
  const token = statuses?.find(({ name }) => name === "hub-token");
  return (
    <Section of="hub">
      {token && (
        <Line id="hubToken" kept={keptBy(token, secrets)}>
          <HubToken status={token} />
        </Line>
      )}
      <Line id="hubAddress">
        <HubAddress address={hubEndpoint ?? ""} />
      </Line>
    </Section>
  );
}

function keptBy({ isFromEnvironment, vault }: SecretStatus, path: string): Kept {
  if (isFromEnvironment) return "environment";
  return vault === "keyring" ? vault : { path };
}

function HubAddress({ address }: { address: string }) {
  const t = useWords("settings");
  const save = useSave();
  return (
    <SavedField
      label={t("hub.endpoint")}
      placeholder={t("hub.endpointPlaceholder")}
      saved={address}
      faultOf={(typed) =>
        /^(https?:\/\/\S+)?$/.test(typed.trim()) ? undefined : t("hub.badAddress")
      }
      onSave={(typed) => save({ hubEndpoint: typed.trim() === "" ? null : typed.trim() })}
    />
  );
}
