import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import { useStudio } from "../connection/studio.tsx";
import { Button } from "../ui/button.tsx";
import { Chips } from "../ui/chips.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icon.tsx";
import { attempt, showToast } from "../ui/toasts.ts";
import { formatBytes } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import styles from "./get-models.module.css";
import { nameOf, type Offer, type Variant, variantsOf } from "./offer.ts";
import { tellFailureOf } from "../transfers/follow-transfer.ts";
import { Terms } from "./terms.tsx";

/** The content, size and requirements of a download, before it starts. */
export function DownloadDialog({ offer, onClose }: { offer: Offer; onClose: () => void }) {
  const t = useWords("models");
  const { client, queries } = useStudio();
  const variants = variantsOf(offer);
  const [variant, setVariant] = useState(variants[0]);
  const free = useQuery(queries.machine.get.queryOptions()).data?.disk.free;
  const isTight = free !== undefined && variant !== undefined && variant.sizeBytes > free;
  const name = nameOf(offer);
  const begin = async () => {
    const begun = await download(client, offer, variant?.name ?? "");
    showToast(t("download.begun", { name }));
    tellFailureOf(begun);
    onClose();
  };
  return (
    <Dialog
      title={t("download.title", { name })}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("download.no")}</Button>
          <Button
            variant="filled"
            isDisabled={variant === undefined || isTight}
            onPress={() => attempt(begin())}
          >
            {t("download.yes")}
          </Button>
        </>
      }
    >
      <div className={styles.offer}>
        <VariantChips variants={variants} chosen={variant} onChoose={setVariant} />
        {variant && free !== undefined && (
          <p>
            {t("download.size", { size: formatBytes(variant.sizeBytes), free: formatBytes(free) })}
          </p>
        )}
        {isTight && (
          <p className={styles.warn}>
            <Icon of={TriangleAlert} />
            {t("download.noSpace")}
          </p>
        )}
        <Terms offer={offer} />
      </div>
    </Dialog>
  );
}

interface VariantChipsProps {
  readonly variants: readonly Variant[];
  readonly chosen: Variant | undefined;
  readonly onChoose: (variant: Variant) => void;
}

/** The available precisions; hidden if there is only one. */
function VariantChips({ variants, chosen, onChoose }: VariantChipsProps) {
  const t = useWords("models");
  if (chosen === undefined) return <p>{t("repository.nothing")}</p>;
  if (variants.length === 1) return null;
  return (
    <Chips
      label={t("download.variant")}
      value={chosen.name}
      onChange={(name) => onChoose(variants.find((one) => one.name === name) ?? chosen)}
      chips={variants.map(({ name, sizeBytes }) => ({
        value: name,
        label: t("download.variantOf", {
          name: name === "" ? t("download.plain") : name,
          size: formatBytes(sizeBytes),
        }),
      }))}
    />
  );
}

async function download(client: StudioClient, offer: Offer, variant: string) {
  if (offer.kind === "catalogue") {
    // Without a variant, the studio downloads float16 weights if the source has them.
    return client.models.download({ catalogueId: offer.entry.id });
  }
  const { id: repository, revision } = offer.repository;
  return client.models.download({ repository, revision, variant });
}
