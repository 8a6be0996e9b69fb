import { type FormEvent, type ReactNode, useState } from "react";
import { useQuery } from "@tanstack/react-query";
import type { Connection } from "../../engine/contract/buckets.ts";
import { type DeployDraft, type DeployField } from "../../engine/contract/deploy.ts";
import { Checklist } from "../archive/checklist.tsx";
import { useStudio } from "../connection/studio.tsx";
import {
  changeDeployDraft,
  fillDeployPlace,
  isSamePlace,
  placeOf,
  useLastPublish,
} from "../state/deploy.ts";
import { Failed } from "../ui/async-states.tsx";
import { Button } from "../ui/button.tsx";
import { Select } from "../ui/select.tsx";
import { Switch } from "../ui/switch.tsx";
import { TextField, type TextFieldProps } from "../ui/text-field.tsx";
import { useWords } from "../words/words.ts";
import { Choices, Runtime } from "./deploy-choices.tsx";
import styles from "./deploy-form.module.css";

export interface DeployFormProps {
  readonly draft: DeployDraft;
  readonly connections: readonly Connection[];
  readonly faultOf: (field: DeployField) => string | undefined;
}

/** All fields of a deployment, in the order and with the labels of OpenShift AI's own form. */
export function DeployForm(props: DeployFormProps) {
  const t = useWords("deploy");
  const { draft } = props;
  return (
    <form
      className={styles.form}
      aria-label={t("form")}
      onSubmit={(event: FormEvent) => event.preventDefault()}
      noValidate
    >
      <p className={styles.lead}>{t("lead")}</p>
      <Part title={t("parts.deployment")}>
        <Typed form={props} field="name" />
        <Typed form={props} field="namespace" />
        <Choices draft={draft} />
      </Part>
      <Part title={t("parts.location")}>
        <Location {...props} />
      </Part>
      <Part title={t("parts.size")}>
        <Runtime draft={draft} />
        <Typed form={props} field="image" placeholder="registry/darkroom:0.1.0" />
        <Pair>
          <Typed form={props} field="cpuRequest" />
          <Typed form={props} field="cpuLimit" />
          <Typed form={props} field="memoryRequest" />
          <Typed form={props} field="memoryLimit" />
          <Typed form={props} field="minReplicas" />
          <Typed form={props} field="maxReplicas" />
          <Typed form={props} field="gpus" description={t("fields.gpusHelp")} />
        </Pair>
      </Part>
      <Part title={t("parts.route")}>
        <Typed form={props} field="timeoutSeconds" />
        <Switch
          isSelected={draft.hasToken}
          onChange={(hasToken) => changeDeployDraft({ hasToken })}
          description={t("fields.hasTokenHelp")}
        >
          {t("fields.hasToken")}
        </Switch>
        {draft.hasToken && <Typed form={props} field="tokenName" />}
      </Part>
      <Part title={t("parts.more")}>
        <Typed
          form={props}
          field="annotations"
          rows={3}
          description={t("fields.annotationsHelp")}
        />
      </Part>
    </form>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className={styles.part}>
      <legend className={styles.legend}>
        <h2 className={styles.title}>{title}</h2>
      </legend>
      <div className={styles.fields}>{children}</div>
    </fieldset>
  );
}

function Pair({ children }: { children: ReactNode }) {
  return <div className={styles.pair}>{children}</div>;
}

interface TypedProps extends Pick<TextFieldProps, "description" | "placeholder" | "rows"> {
  readonly form: DeployFormProps;
  readonly field: Exclude<DeployField, "mode" | "runtime" | "runtimeScope" | "kserve">;
}

/** One text field with its error. */
function Typed({ form: { draft, faultOf }, field, ...rest }: TypedProps) {
  const t = useWords("deploy");
  return (
    <TextField
      {...rest}
      label={t(`fields.${field}`)}
      isCode
      spellCheck="false"
      autoComplete="off"
      value={draft[field]}
      onChange={(typed) => changeDeployDraft({ [field]: typed })}
      error={faultOf(field)}
    />
  );
}

function Location(props: DeployFormProps) {
  const t = useWords("deploy");
  const { draft, connections } = props;
  const connection = connections.find(({ id }) => id === draft.connectionId);
  return (
    <>
      <LastPublish draft={draft} connections={connections} />
      <Select
        label={t("fields.connection")}
        value={draft.connectionId}
        onChange={(connectionId) => changeDeployDraft({ connectionId, bucket: undefined })}
        options={connections.map(({ id, name, bucket }) => ({
          value: id,
          label: name,
          note: bucket ?? undefined,
        }))}
      />
      {connection?.bucket === null && (
        <TextField
          label={t("fields.bucket")}
          isCode
          value={draft.bucket ?? ""}
          onChange={(bucket) => changeDeployDraft({ bucket: bucket.trim() })}
        />
      )}
      <Typed form={props} field="path" description={t("fields.pathHelp")} />
      <PathCheck draft={draft} />
      <Switch
        isSelected={draft.writesConnection}
        onChange={(writesConnection) => changeDeployDraft({ writesConnection })}
        description={t("fields.writesConnectionHelp")}
      >
        {t("fields.writesConnection")}
      </Switch>
      <Typed form={props} field="connectionSecret" placeholder="aws-connection-…" />
    </>
  );
}

/** Says that the form has the place of the last publish, or offers it if another was entered. */
function LastPublish({ draft, connections }: Omit<DeployFormProps, "faultOf">) {
  const t = useWords("deploy");
  const published = useLastPublish();
  const connection = connections.find(({ id }) => id === published?.connectionId);
  if (published === undefined || connection === undefined) return null;
  const { name, path } = published;
  const place = `s3://${connection.bucket ?? published.bucket}/${path}`;
  const isTaken = isSamePlace(draft, published);
  return (
    <div className={styles.published} role="status">
      <p className={styles.help}>
        {t(isTaken ? "published.taken" : "published.other", { name, place })}
      </p>
      {!isTaken && (
        <Button size="dense" onPress={() => fillDeployPlace(placeOf(published))}>
          {t("published.take")}
        </Button>
      )}
    </div>
  );
}

/** Whether the model at the path could be served, checked on request. */
function PathCheck({ draft }: Pick<DeployFormProps, "draft">) {
  const t = useWords("deploy");
  const { queries } = useStudio();
  const { connectionId, bucket, path: prefix } = draft;
  const [asked, setAsked] = useState<string>();
  const wanted = JSON.stringify({ connectionId, bucket, prefix });
  const { data, error, isFetching, refetch } = useQuery({
    ...queries.buckets.check.queryOptions({ input: { connectionId, bucket, prefix } }),
    enabled: asked === wanted,
  });
  const check = () => {
    if (asked === wanted) void refetch();
    setAsked(wanted);
  };
  return (
    <div className={styles.check}>
      <div>
        <Button isPending={isFetching} onPress={check}>
          {t("fields.check")}
        </Button>
      </div>
      {asked === wanted && data && <Checklist checks={data.checks} />}
      {asked === wanted && error && <Failed title={t("fields.checkFailed")} error={error} />}
    </div>
  );
}
