import { createInstance } from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import { archive } from "./en/archive.ts";
import { buckets } from "./en/buckets.ts";
import { clusters } from "./en/clusters.ts";
import { deploy } from "./en/deploy.ts";
import { endpoints } from "./en/endpoints.ts";
import { frame } from "./en/frame.ts";
import { gallery } from "./en/gallery.ts";
import { generate } from "./en/generate.ts";
import { models } from "./en/models.ts";
import { news } from "./en/news.ts";
import { palette } from "./en/palette.ts";
import { picture } from "./en/picture.ts";
import { publish } from "./en/publish.ts";
import { server } from "./en/server.ts";
import { settings } from "./en/settings.ts";
import { starter } from "./en/starter.ts";
import { transfers } from "./en/transfers.ts";
import { shortcuts } from "./en/ui.ts";
import { ui } from "./en/ui.ts";
import { welcome } from "./en/welcome.ts";

/** All texts of the studio, one record per area. The keys are typed by the English texts. */
const en = {
  archive,
  buckets,
  clusters,
  deploy,
  endpoints,
  frame,
  gallery,
  generate,
  models,
  news,
  palette,
  picture,
  publish,
  server,
  settings,
  shortcuts,
  starter,
  transfers,
  ui,
  welcome,
};

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "ui";
    resources: typeof en;
  }
}

export const words = createInstance();

/** Loads the texts; nothing can be shown before. */
export async function loadWords(): Promise<void> {
  await words.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    defaultNS: "ui",
    resources: { en },
    // React already escapes text.
    interpolation: { escapeValue: false },
    initAsync: false,
  });
}

/** The texts of one area: `const t = useWords("gallery"); t("empty.title")`. */
export function useWords<Area extends keyof typeof en>(area: Area) {
  return useTranslation(area).t;
}
