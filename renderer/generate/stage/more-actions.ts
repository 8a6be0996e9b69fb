import { Images, Shuffle } from "lucide-react";
import { useMemo } from "react";
import type { Image } from "../../../engine/contract/gallery.ts";
import { type InitImage, LOCAL_TARGET } from "../../../engine/contract/generation.ts";
import type { GenerationRecord } from "../../../engine/contract/image-record.ts";
import { seedAfter } from "../../../engine/contract/seed.ts";
import { useStudio } from "../../connection/studio.tsx";
import { isNamed } from "../../picture/model-notice.ts";
import { useTellApplied } from "../../picture/use-tell-applied.ts";
import { type Action, disabledIf } from "../../shortcuts/registry.ts";
import { type FormState, recalled, useForm } from "../../state/form.ts";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { useChosenModel } from "../chosen-model.ts";
import { useGenerate } from "../press/use-generate.ts";

/** The number of pictures that "more like this one" draws. */
const MORE = 4;
/** Strength of variations. */
const VARIATION_STRENGTH = 0.5;

/** More pictures like one: with the following seeds, or with it as the start image. The form stays as it is. */
export function useMoreActions(image: Image | undefined): readonly Action[] {
  const t = useWords("generate");
  const words = useWords("picture");
  const { client } = useStudio();
  const draw = useDrawLike();
  // An endpoint draws from prompts only.
  const isRemote = useForm(({ target }) => target !== LOCAL_TARGET);
  return useMemo(() => {
    if (image === undefined) return [];
    const { record, id } = image;
    const { strength, initImageId } = record;
    const group = t("more.group");
    const hasStart = strength !== undefined;
    const whyNoSeeds = reasonAgainstSeeds(record, isRemote);
    const repeat = async () => {
      const start =
        hasStart && initImageId !== undefined
          ? await client.generation.getInitImage({ id: initImageId })
          : undefined;
      await draw(record, (form) => withNextSeeds(form, record, start));
    };
    const vary = async () => {
      const start = await client.generation.useAsInitImage({ imageId: id });
      await draw(record, (form) => withVariations(form, record, start));
    };
    return [
      {
        id: "more.seeds",
        label: t("more.seeds", { count: MORE }),
        group,
        icon: Images,
        keys: "m",
        ...disabledIf(whyNoSeeds !== undefined && words(`off.${whyNoSeeds}`)),
        run: () => attempt(repeat()),
      },
      {
        id: "more.variations",
        label: t("more.variations", { count: MORE }),
        group,
        icon: Shuffle,
        keys: "v",
        ...disabledIf(isRemote && words("off.remote")),
        run: () => attempt(vary()),
      },
    ];
  }, [image, client, draw, isRemote, t, words]);
}

/** Why a picture cannot be drawn with other seeds; undefined if it can. */
function reasonAgainstSeeds(
  { seed, strength, initImageId }: GenerationRecord,
  isRemote: boolean,
): "seed" | "remote" | "startGone" | undefined {
  if (seed === undefined) return "seed";
  if (strength === undefined) return undefined;
  if (isRemote) return "remote";
  return initImageId === undefined ? "startGone" : undefined;
}

/** Draws with a form of a picture's settings and with its model; says so if that is not on this computer. */
function useDrawLike() {
  const t = useWords("generate");
  const chosen = useChosenModel();
  const press = useGenerate(chosen);
  const tell = useTellApplied();
  const { all, stored } = chosen;
  return useMemo(
    () => async (record: GenerationRecord, formFrom: (form: FormState) => FormState) => {
      const known = [stored, ...(all ?? [])];
      const model = known.find((one) => one && isNamed(one, record.model));
      const form = formFrom(useForm.getState());
      press({ like: { form, model } });
      if (model === undefined && form.target === LOCAL_TARGET)
        await tell(t("more.drawn"), record.model);
    },
    [all, stored, press, tell, t],
  );
}

/** The form for a picture's settings with the seeds after its own. */
export function withNextSeeds(
  form: FormState,
  record: GenerationRecord,
  initImage: InitImage | undefined,
): FormState {
  const seed = record.seed === undefined ? "" : seedAfter(record.seed, 1);
  return { ...form, ...recalled(record), initImage, seed, count: MORE };
}

/** The form for a picture's settings with the picture itself as the start image. */
export function withVariations(
  form: FormState,
  record: GenerationRecord,
  initImage: InitImage,
): FormState {
  const varied = { initImage, strength: VARIATION_STRENGTH, seed: "", count: MORE };
  return { ...form, ...recalled(record), ...varied };
}
