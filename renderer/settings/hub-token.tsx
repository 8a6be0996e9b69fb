import { useState } from "react";
import type { SecretStatus } from "../../engine/contract/secrets.ts";
import { useStudio } from "../connection/studio.tsx";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { attempt } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import { Actions, Fact, Help } from "./section.tsx";

/** The hub's token: it is entered here and never shown again. */
export function HubToken({ status }: { status: SecretStatus }) {
  const t = useWords("settings");
  return (
    <>
      {status.isSet ? <KeptToken status={status} /> : <NewToken />}
      {!status.isFromEnvironment && (status.vault === "file" || status.vault === "basic-text") && (
        <Help>{t(`hub.vault.${status.vault}`)}</Help>
      )}
    </>
  );
}

function NewToken() {
  const t = useWords("settings");
  const { client, queries, cache } = useStudio();
  const [typed, setTyped] = useState("");
  const save = async () => {
    await client.secrets.set({ name: "hub-token", value: typed.trim() });
    await cache.invalidateQueries({ queryKey: queries.secrets.key() });
  };
  return (
    <TextField
      label={t("hub.token")}
      type="password"
      autoComplete="off"
      isCode
      value={typed}
      onChange={setTyped}
      trailing={
        <Button
          isDisabled={typed.trim() === ""}
          reason={typed.trim() === "" ? t("hub.enterToken") : undefined}
          onPress={() => attempt(save())}
        >
          {t("hub.saveToken")}
        </Button>
      }
    />
  );
}

type Verdict = { readonly isAccepted: boolean; readonly account?: string | undefined };

function KeptToken({ status: { isFromEnvironment } }: { status: SecretStatus }) {
  const t = useWords("settings");
  const { client, queries, cache } = useStudio();
  const [verdict, setVerdict] = useState<Verdict | "checking">();
  const check = async () => {
    setVerdict("checking");
    setVerdict(
      await client.secrets.check({ name: "hub-token" }).catch((error: unknown) => {
        setVerdict(undefined);
        throw error;
      }),
    );
  };
  const remove = async () => {
    await client.secrets.remove({ name: "hub-token" });
    await cache.invalidateQueries({ queryKey: queries.secrets.key() });
  };
  return (
    <>
      <Fact name={t("hub.token")}>
        {t(isFromEnvironment ? "hub.isFromEnvironment" : "hub.isSet")}
      </Fact>
      <Actions>
        <Button
          onPress={() => {
            if (verdict !== "checking") attempt(check());
          }}
        >
          {t(verdict === "checking" ? "hub.checking" : "hub.check")}
        </Button>
        {!isFromEnvironment && (
          <Button variant="plain" onPress={() => attempt(remove())}>
            {t("hub.remove")}
          </Button>
        )}
        <span role="status">
          {verdict !== undefined && verdict !== "checking" && <VerdictText verdict={verdict} />}
        </span>
      </Actions>
    </>
  );
}

function VerdictText({ verdict: { isAccepted, account } }: { verdict: Verdict }) {
  const t = useWords("settings");
  if (!isAccepted) return t("hub.refused");
  return account === undefined ? t("hub.acceptedPlain") : t("hub.accepted", { account });
}
