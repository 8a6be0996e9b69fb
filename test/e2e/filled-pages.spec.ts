import type { Page } from "@playwright/test";
import { S3Server } from "../fakes/s3/s3-server.ts";
import { notebookService } from "../fakes/notebook-service.ts";
import { openStandIn } from "../fakes/stand-in-endpoint.ts";
import { expectNoViolations } from "./expect-no-violations.ts";
import { fillGallery } from "./fill-gallery.ts";
import { connect } from "./publishing.ts";
import { addEndpoint, call } from "./remote-studio.ts";
import { expect, test, TOKEN } from "./studio-test.ts";

const PAGES = [
  "generate",
  "gallery",
  "models",
  "buckets",
  "deploy",
  "endpoints",
  "server?show=keys",
  "server?show=settings",
  "settings",
] as const;

/** A phone, a tablet and a large screen; the other theme is one width away. */
const SIZES = [
  { width: 390, height: 844, colorScheme: "light" },
  { width: 1024, height: 768, colorScheme: "dark" },
  { width: 1600, height: 1000, colorScheme: "light" },
] as const;

async function expectPages(page: Page, size: (typeof SIZES)[number]): Promise<void> {
  const { colorScheme, ...viewport } = size;
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await page.setViewportSize(viewport);
  for (const name of PAGES) {
    await test.step(`${name} at ${viewport.width}`, async () => {
      await page.goto(new URL(`/${name}`, page.url()).href);
      await expect(page.getByRole("main")).toBeVisible();
      await expect(page.getByText("Version 0.1.0")).toBeAttached();
      await expectNoViolations(page);
    });
  }
}

test("a filled studio can be used by everyone, on a phone, a tablet and a large screen", async ({
  studio,
}) => {
  const { page } = studio;
  await using s3 = await S3Server.start();
  s3.bucket("models").put("notes.txt", { bytes: Buffer.from("x") });
  await using edge = await openStandIn(notebookService());
  const gone = await openStandIn(notebookService());
  await gone[Symbol.asyncDispose]();
  await connect(page, s3);
  const well = { name: "Oslo", url: edge.url, token: TOKEN };
  const target = await addEndpoint(page, well);
  const lost = await addEndpoint(page, { name: "Bergen", url: gone.url, startSeconds: 0 });
  for (const place of [target, lost])
    await call(page, "generation/enqueue", { prompt: "a red house", target: place });
  const key = { name: "A shell", scopes: ["inference"], keepsPictures: false };
  await call(page, "server/addKey", { ...key, isSeedProfile: false });
  await fillGallery(studio, 60);
  for (const size of SIZES) await expectPages(page, size);
});
