import { ClipboardPaste } from "lucide-react";
import { type ClipboardEvent, useState } from "react";
import {
  type FoundEndpoint,
  MAX_RECOGNISED,
  type Recognised,
} from "../../../engine/contract/endpoints.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { formatBytes } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { type Draft, EMPTY_DRAFT } from "./draft.ts";
import styles from "./endpoint-form.module.css";

/** What a file or a pasted text was recognised as. */
export interface FoundText {
  readonly recognised: Recognised;
  readonly text: string;
  /** The file's name, if it was a file. */
  readonly file?: string | undefined;
}

export interface ImportBoxProps {
  /** What was dropped on the page. */
  readonly dropped: FoundText | undefined;
  readonly onChange: (change: Partial<Draft>) => void;
}

/** Takes any file or text about an endpoint, says what it is, and fills in the form. */
export function ImportBox({ dropped, onChange }: ImportBoxProps) {
  const t = useWords("endpoints");
  const { client } = useStudio();
  const [text, setText] = useState("");
  const [found, setFound] = useState(dropped?.recognised);
  const [error, setError] = useState<string>();
  const look = async (pasted: string) => {
    if (pasted.trim() === "") return setError(t("import.empty"));
    setError(undefined);
    try {
      const recognised = await client.endpoints.recognise({ text: pasted });
      setFound(recognised);
      // It may contain a token, which stays in one place only.
      setText("");
      const change = draftFrom({ recognised, text: pasted });
      if (change) onChange(change);
    } catch (failure) {
      setFound(undefined);
      setError(failure instanceof Error ? failure.message : String(failure));
    }
  };
  const paste = (event: ClipboardEvent) => {
    const pasted = event.clipboardData.getData("text/plain");
    if (pasted.trim() === "") return;
    event.preventDefault();
    void look(pasted);
  };
  return (
    <div className={styles.import}>
      <TextField
        label={t("import.label")}
        placeholder={t("import.placeholder")}
        rows={2}
        isCode
        value={text}
        onChange={setText}
        onPaste={paste}
        error={error}
        description={found === undefined ? t("import.help") : undefined}
        trailing={
          <Button icon={ClipboardPaste} onPress={() => void look(text)}>
            {t("import.look")}
          </Button>
        }
      />
      {found && <FoundWords found={found} onChoose={(one) => onChange(draftOfFound(one))} />}
    </div>
  );
}

interface FoundWordsProps {
  readonly found: Recognised;
  readonly onChoose: (endpoint: FoundEndpoint) => void;
}

/** What was recognised, and a choice if it contains several endpoints. */
function FoundWords({ found: { kind, endpoints }, onChoose }: FoundWordsProps) {
  const t = useWords("endpoints");
  const [only] = endpoints;
  const host = only === undefined ? "" : (URL.parse(only.url)?.host ?? only.url);
  if (endpoints.length > 1)
    return (
      <div className={styles.found} role="status">
        <p>{t("import.several", { what: t(`import.kinds.${kind}`), count: endpoints.length })}</p>
        <div className={styles.choices}>
          {endpoints.map((endpoint) => (
            <Button key={endpoint.url} size="dense" onPress={() => onChoose(endpoint)}>
              {endpoint.name ?? endpoint.url}
            </Button>
          ))}
        </div>
      </div>
    );
  const lacksToken = only?.needsToken === true && only.token === undefined;
  return (
    <p className={styles.found} role="status">
      {only === undefined
        ? t(kind === "recording" ? "import.recording" : "import.token")
        : t("import.one", { what: t(`import.kinds.${kind}`), host })}
      {only?.token !== undefined && ` ${t("import.withToken")}`}
      {lacksToken && ` ${t("import.needsToken")}`}
    </p>
  );
}

/** The fields that a text fills in; none if the user has to choose first. */
export function draftFrom({ recognised, text, file }: FoundText): Partial<Draft> | undefined {
  const { kind, endpoints } = recognised;
  if (kind === "token") return { token: text.trim(), tokenFile: file };
  const [only] = endpoints;
  return endpoints.length === 1 && only !== undefined ? draftOfFound(only) : undefined;
}

/** Fields that the text does not set get the studio's defaults, not the form's earlier values. */
function draftOfFound(found: FoundEndpoint): Partial<Draft> {
  const { url, name, model, profile, kind, isInsecure, timeoutSeconds, token } = found;
  return {
    url,
    name: name ?? EMPTY_DRAFT.name,
    model: model ?? EMPTY_DRAFT.model,
    profile: profile ?? EMPTY_DRAFT.profile,
    kind: kind ?? EMPTY_DRAFT.kind,
    isInsecure: isInsecure ?? EMPTY_DRAFT.isInsecure,
    timeoutSeconds: timeoutSeconds ?? EMPTY_DRAFT.timeoutSeconds,
    ...(token !== undefined && { token, tokenFile: undefined }),
  };
}

/**
 * Recognises a file about an endpoint: a token.cfg, YAML, a kubeconfig, a curl command. Rejects with the reason if it
 * cannot.
 */
export function useRecogniser(): (file: File) => Promise<FoundText> {
  const t = useWords("endpoints");
  const { client } = useStudio();
  return async (file) => {
    const size = formatBytes(file.size);
    if (file.size > MAX_RECOGNISED)
      throw new Error(t("faults.fileLong", { file: file.name, size }));
    const text = await file.text();
    if (text.trim() === "") throw new Error(t("faults.tokenEmpty", { file: file.name }));
    return { recognised: await client.endpoints.recognise({ text }), text, file: file.name };
  };
}
