import { useQuery } from "@tanstack/react-query";
import { Download, Play, X } from "lucide-react";
import { StudioError } from "../../engine/contract/errors.ts";
import type { Transfer } from "../../engine/contract/transfers.ts";
import { useStudio } from "../connection/studio.tsx";
import { isActive, useTransfers } from "../state/transfers.ts";
import { Failed } from "../ui/async-states.tsx";
import { Button } from "../ui/button.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { attempt } from "../ui/toasts.ts";
import { formatBytes, formatDuration } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import { Actions, Help } from "./section.tsx";

/** Where the libraries can be had: a Windows machine has DirectML, and a Mac no such card. */
const PLATFORM = "linux-x64";

/** What brings support for an NVIDIA card to this machine, and how far it is. */
export function CudaSupport() {
  const { client, queries } = useStudio();
  const platform = useQuery(queries.machine.get.queryOptions()).data?.platform;
  const transfer = useTransfers(({ all }) => all).find(({ kind }) => kind === "cuda");
  if (platform !== PLATFORM) return null;
  const install = () => attempt(client.devices.installCuda());
  if (transfer === undefined || transfer.state === "cancelled") return <Offer onPress={install} />;
  if (transfer.state === "failed") return <Failure transfer={transfer} onRetry={install} />;
  if (transfer.state === "done") return <Outcome transfer={transfer} onPress={install} />;
  return <Progress transfer={transfer} onResume={install} />;
}

function Offer({ onPress }: { onPress: () => void }) {
  const t = useWords("settings");
  return (
    <>
      <Help>{t("drawing.cuda.offer")}</Help>
      <Actions>
        <Button icon={Download} onPress={onPress}>
          {t("drawing.cuda.add")}
        </Button>
      </Actions>
    </>
  );
}

/** What else the machine needs; once it has it, the same button looks again. */
function Outcome({ transfer: { note }, onPress }: { transfer: Transfer; onPress: () => void }) {
  return (
    <>
      {note !== undefined && <p role="status">{note}</p>}
      <Offer onPress={onPress} />
    </>
  );
}

function Failure({ transfer: { error }, onRetry }: { transfer: Transfer; onRetry: () => void }) {
  const t = useWords("settings");
  const known = error
    ? new StudioError(error.code, error.details)
    : new Error(t("drawing.cuda.failed"));
  return <Failed title={t("drawing.cuda.failed")} error={known} onRetry={onRetry} />;
}

function Progress({ transfer, onResume }: { transfer: Transfer; onResume: () => void }) {
  const t = useWords("settings");
  const { client } = useStudio();
  const { id, doneBytes, totalBytes, state, note } = transfer;
  return (
    <>
      <ProgressBar
        label={t("drawing.cuda.adding")}
        share={totalBytes === 0 ? undefined : doneBytes / totalBytes}
        isPaused={state === "paused"}
      />
      <Help>{doneBytes < totalBytes ? <Amounts transfer={transfer} /> : note}</Help>
      <Actions>
        {!isActive(transfer) && (
          <Button icon={Play} onPress={onResume}>
            {t("drawing.cuda.resume")}
          </Button>
        )}
        <Button icon={X} onPress={() => attempt(client.transfers.cancel({ ids: [id] }))}>
          {t("drawing.cuda.cancel")}
        </Button>
      </Actions>
    </>
  );
}

function Amounts({ transfer }: { transfer: Transfer }) {
  const t = useWords("settings");
  const { doneBytes, totalBytes, bytesPerSecond, secondsLeft } = transfer;
  const parts = [
    t("drawing.cuda.amount", { done: formatBytes(doneBytes), total: formatBytes(totalBytes) }),
    ...(bytesPerSecond === undefined
      ? []
      : [t("drawing.cuda.speed", { rate: formatBytes(Math.round(bytesPerSecond)) })]),
    ...(secondsLeft === undefined
      ? []
      : [t("drawing.cuda.left", { time: formatDuration(secondsLeft) })]),
  ];
  return parts.join(" · ");
}
