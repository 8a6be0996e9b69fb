import { FileKey, TriangleAlert, X } from "lucide-react";
import { useRef } from "react";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Switch } from "../../ui/switch.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useWords } from "../../words/words.ts";
import { type FieldsProps, Part } from "./form-part.tsx";
import styles from "./endpoint-form.module.css";
import { faultsOf, isOpenToOthers, leavesToken } from "./faults.ts";
import { useFileDrop } from "../../ui/use-file-drop.ts";
import { useTokenReader } from "../use-token-reader.ts";

/** The token: it is entered here, sent once, and never shown again. */
export function TokenFields(props: FieldsProps) {
  const t = useWords("endpoints");
  const { draft, onChange } = props;
  const read = useTokenReader();
  const take = (file: File) =>
    void read(file, ({ name, text }) => onChange({ token: text, tokenFile: name }));
  const drop = useFileDrop(take);
  return (
    <div className={styles.drop} data-over={drop.isOver || undefined} {...drop.handlers}>
      <Part title={t("fields.token")}>
        <TokenEntry {...props} onFile={take} />
        <KeptToken {...props} />
        {isOpenToOthers(draft) && (
          <Switch
            isSelected={draft.isTokenOverHttp}
            onChange={(isTokenOverHttp) => onChange({ isTokenOverHttp })}
            description={t("fields.overHttpHelp")}
          >
            {t("fields.overHttp")}
          </Switch>
        )}
      </Part>
    </div>
  );
}

function TokenEntry(props: FieldsProps & { onFile: (file: File) => void }) {
  const t = useWords("endpoints");
  const { draft, endpoint, place, onChange, onFile } = props;
  const chooser = useRef<HTMLInputElement>(null);
  const fault = faultsOf(draft, endpoint).token;
  const { token, tokenFile: file } = draft;
  if (file !== undefined)
    return (
      <p className={styles.file}>
        <Icon of={FileKey} />
        <span>{t("fields.tokenFile", { file })}</span>
        <IconButton
          icon={X}
          size="dense"
          label={t("fields.forgetFile", { file })}
          onPress={() => onChange({ token: "", tokenFile: undefined })}
        />
        {fault !== undefined && <span className={styles.bad}>{t(`faults.${fault}`)}</span>}
      </p>
    );
  return (
    <>
      <TextField
        label={t("fields.tokenLabel")}
        description={t(endpoint?.hasToken === true ? "fields.tokenKept" : "fields.tokenHelp")}
        placeholder={t("fields.tokenPlaceholder")}
        type="password"
        autoComplete="off"
        isCode
        autoFocus={place === "token"}
        value={token}
        onChange={(typed) => onChange({ token: typed.trim() })}
        error={fault === undefined ? undefined : t(`faults.${fault}`)}
        trailing={
          <Button icon={FileKey} onPress={() => chooser.current?.click()}>
            {t("fields.chooseToken")}
          </Button>
        }
      />
      <input
        ref={chooser}
        type="file"
        hidden
        onChange={({ target }) => {
          const chosen = target.files?.[0];
          if (chosen) onFile(chosen);
          target.value = "";
        }}
      />
    </>
  );
}

/** The saved token, and whether it is kept. */
function KeptToken({ draft, endpoint, onChange }: FieldsProps) {
  const t = useWords("endpoints");
  if (endpoint?.hasToken !== true || draft.token !== "") return null;
  if (leavesToken(draft, endpoint))
    return (
      <p className={styles.warning}>
        <Icon of={TriangleAlert} />
        {t("fields.tokenMoved")}
      </p>
    );
  const { isTokenForgotten } = draft;
  return (
    <div className={styles.row}>
      {isTokenForgotten && <span>{t("fields.tokenForgotten")}</span>}
      <Button
        size="dense"
        variant="plain"
        onPress={() => onChange({ isTokenForgotten: !isTokenForgotten })}
      >
        {t(isTokenForgotten ? "fields.keepToken" : "fields.forgetToken")}
      </Button>
    </div>
  );
}
