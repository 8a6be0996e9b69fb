import { useQuery } from "@tanstack/react-query";
import { Download, Play, Trash2, X } from "lucide-react";
import { useState } from "react";
import type { CudaOffer } from "../../engine/contract/devices.ts";
import { StudioError } from "../../engine/contract/errors.ts";
import type { Transfer } from "../../engine/contract/transfers.ts";
import { useStudio } from "../connection/studio.tsx";
import { isActive, useTransfers } from "../state/transfers.ts";
import { Failed } from "../ui/async-states.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { attempt } from "../ui/toasts.ts";
import { formatBytes, formatDuration } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import styles from "./drawing-section.module.css";
import { useDataPath } from "./kept.tsx";
import { Line } from "./line.tsx";
import { Actions, Fact, Help } from "./section.tsx";

/** The platform that the libraries are available for: Windows has DirectML, and Macs have no such card. */
const PLATFORM = "linux-x64";

/** Installs the support for an NVIDIA card on this machine, with its progress. */
export function CudaSupport() {
  const t = useWords("settings");
  const { client, queries } = useStudio();
  const platform = useQuery(queries.machine.get.queryOptions()).data?.platform;
  const transfer = useTransfers(({ all }) => all).find(({ kind }) => kind === "cuda");
  const folder = useDataPath("cuda");
  const { hasCard, isInstalled } = useOffer();
  if (platform !== PLATFORM) return null;
  // The licence was accepted at the first attempt.
  const goOn = () => attempt(client.devices.installCuda({ acceptsLicence: true }));
  return (
    <Line id="cuda" kept={{ path: folder }} isPlain={!hasCard && !isInstalled}>
      <Fact name={t("lines.cuda.name")}>
        <Work transfer={transfer} onGoOn={goOn} />
      </Fact>
    </Line>
  );
}

/** What is known about this machine; a card is assumed until the studio has looked. */
function useOffer() {
  const { queries } = useStudio();
  const { data: offer } = useQuery(queries.devices.cudaOffer.queryOptions());
  const { hasCard = true, isInstalled = false } = offer ?? {};
  return { offer, hasCard, isInstalled };
}

interface WorkProps {
  readonly transfer: Transfer | undefined;
  readonly onGoOn: () => void;
}

function Work({ transfer, onGoOn }: WorkProps) {
  if (transfer === undefined || transfer.state === "cancelled") return <Offer />;
  if (transfer.state === "failed") return <Failure transfer={transfer} onRetry={onGoOn} />;
  if (transfer.state === "done") return <Outcome transfer={transfer} />;
  return <Progress transfer={transfer} onResume={onGoOn} />;
}

function Offer() {
  const t = useWords("settings");
  const { client, queries, cache } = useStudio();
  const [isAsking, setIsAsking] = useState(false);
  const { offer, hasCard, isInstalled } = useOffer();
  const remove = async () => {
    await client.devices.removeCuda();
    await cache.invalidateQueries({ queryKey: queries.devices.key() });
  };
  return (
    <>
      <Help>{t(hasCard ? "drawing.cuda.offer" : "drawing.cuda.noCard")}</Help>
      {(hasCard || isInstalled) && (
        <Actions>
          {hasCard && (
            <Button
              icon={Download}
              isDisabled={offer === undefined}
              onPress={() => setIsAsking(true)}
            >
              {t("drawing.cuda.add")}
            </Button>
          )}
          {isInstalled && (
            <Button icon={Trash2} onPress={() => attempt(remove())}>
              {t("drawing.cuda.remove")}
            </Button>
          )}
        </Actions>
      )}
      {offer && isAsking && <LicenceDialog offer={offer} onClose={() => setIsAsking(false)} />}
    </>
  );
}

/** NVIDIA's licences and the size: nothing is downloaded before the user accepts. */
function LicenceDialog({ offer, onClose }: { offer: CudaOffer; onClose: () => void }) {
  const t = useWords("settings");
  const { client } = useStudio();
  const { downloadBytes, installedBytes, freeBytes, licences } = offer;
  const accept = () => {
    attempt(client.devices.installCuda({ acceptsLicence: true }));
    onClose();
  };
  const actions = (
    <>
      <Button onPress={onClose}>{t("drawing.cuda.decline")}</Button>
      <Button variant="filled" onPress={accept}>
        {t("drawing.cuda.accept")}
      </Button>
    </>
  );
  return (
    <Dialog
      title={t("drawing.cuda.licence")}
      isOpen
      onClose={onClose}
      actions={actions}
      size="wide"
    >
      <div className={styles.licences}>
        <Help>{t("drawing.cuda.licenceHelp")}</Help>
        {licences.map(({ title, url, text }) => (
          <section key={title}>
            <h3 className={styles.licenceTitle}>{title}</h3>
            <Help>{url}</Help>
            <pre className={styles.licence} tabIndex={0} aria-label={title}>
              {text}
            </pre>
          </section>
        ))}
        <p>
          {t("drawing.cuda.size", {
            download: formatBytes(downloadBytes),
            installed: formatBytes(installedBytes),
            free: formatBytes(freeBytes),
          })}
        </p>
      </div>
    </Dialog>
  );
}

/** What the machine still needs; after that, the same button checks again. */
function Outcome({ transfer: { note } }: { transfer: Transfer }) {
  return (
    <>
      {note !== undefined && <p role="status">{note}</p>}
      <Offer />
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
