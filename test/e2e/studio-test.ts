import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, chromium, expect, type Browser, type Page } from "@playwright/test";
import { tokenUntil } from "../fakes/expiring-token.ts";
import { leaksAmong, leaksIn, shownByProcesses } from "../fakes/leaks.ts";
import { CHROMIUM_ARGS, chromiumPath } from "./chromium.ts";
import { openWindow } from "./desktop-window.ts";
import { HostProcess } from "./host-process.ts";

/** The token of every endpoint in these tests. */
export const TOKEN = "canary7f3a9c+51d0ab/b2c4e6~d8f0a2-7c41e9==";

/** The last part of the tokens that say when they expire. */
export const SIGNATURE = Buffer.from(TOKEN).toString("base64url");

/** A token that says when it expires. */
export const JWT = tokenUntil(new Date("2100-01-01"), SIGNATURE);

/** A proxy's password. */
export const PASSWORD = "canary-e61d95-of-a-proxy";

/** After each test they are searched for in the data folder, the host's output, and what its processes show. */
const SECRETS = [TOKEN, JWT, PASSWORD];

/** A test's own studio, with a page open. */
export interface StudioUnderTest {
  readonly page: Page;
  readonly dataFolder: string;
  /** The places the host has connected to so far: host names, addresses and socket paths. */
  connections(): readonly string[];
  /**
   * Stops the host and starts it with the same data and address. `whileDown` runs in between, in a browser only: the
   * window starts its host again by itself.
   */
  restart(signal?: "SIGTERM" | "SIGKILL", whileDown?: () => Promise<void>): Promise<void>;
}

interface Options {
  /** Whether the first start is already completed. */
  isIntroduced: boolean;
}

interface Fixtures {
  /** Opens a studio whose host has `env` in addition to the environment: HF_ENDPOINT and the like. */
  openStudio: (env?: Record<string, string>) => Promise<StudioUnderTest>;
  studio: StudioUnderTest;
}

/** Draws on the CPU, in this machine's Chromium. */
export const test = base.extend<Fixtures & Options>({
  isIntroduced: [true, { option: true }],
  openStudio: async ({ isIntroduced }, use, info) => {
    const isWindow = info.project.name === "desktop";
    const lacksChromium = !isWindow && chromiumPath === undefined;
    test.skip(lacksChromium, "Chromium is not installed, so pages are not shown");
    const dataFolder = mkdtempSync(join(tmpdir(), "darkroom-e2e-"));
    const open = isWindow ? openInWindow : openInBrowser;
    let studio: Awaited<ReturnType<typeof open>> | undefined;
    await use(async (env = {}) => (studio = await open({ dataFolder, env, isIntroduced })));
    const path = info.outputPath("end.png");
    if (info.status !== info.expectedStatus) await studio?.page.screenshot({ path });
    const told = (await studio?.close()) ?? new Map<string, string>();
    const leaks = [...leaksIn(dataFolder, SECRETS), ...leaksAmong(told, SECRETS)];
    expect(leaks, "places that hold a secret").toEqual([]);
    rmSync(dataFolder, { recursive: true, force: true });
  },
  studio: async ({ openStudio }, use) => use(await openStudio()),
});

export { expect } from "@playwright/test";

interface Start {
  readonly dataFolder: string;
  readonly env: Record<string, string>;
  readonly isIntroduced: boolean;
}

interface OpenStudio extends StudioUnderTest {
  /** Ends it; returns what its processes showed and printed, by the place. */
  close(): Promise<ReadonlyMap<string, string>>;
}

/** The browser's test counts the host's own connections. */
async function openInWindow({ dataFolder, env, isIntroduced }: Start): Promise<OpenStudio> {
  const { page, restart, close } = await openWindow({ dataFolder, env });
  if (isIntroduced) await page.getByRole("button", { name: "Skip" }).click();
  return {
    page,
    dataFolder,
    connections: () => [],
    restart,
    close: async () => {
      await close();
      return new Map();
    },
  };
}

async function openInBrowser({ dataFolder, env, isIntroduced }: Start): Promise<OpenStudio> {
  const connections = join(dataFolder, "connections.txt");
  const recorder = new URL("record-connections.ts", import.meta.url).href;
  const everything = {
    DARKROOM_DEVICE: "cpu",
    DARKROOM_TEST_CONNECTIONS: connections,
    NODE_OPTIONS: `--import=${recorder}`,
    ...env,
  };
  const host = new HostProcess(["--data-dir", dataFolder, "--port", "0"], everything);
  await host.start();
  const browser: Browser = await chromium.launch({
    executablePath: chromiumPath ?? "",
    args: CHROMIUM_ARGS,
  });
  // Its own context: axe opens another page in it.
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(host.url);
  if (isIntroduced) await page.getByRole("button", { name: "Skip" }).click();
  return {
    page,
    dataFolder,
    connections: () =>
      existsSync(connections) ? readFileSync(connections, "utf8").trim().split("\n") : [],
    restart: async (signal = "SIGTERM", whileDown) => {
      await host.stop(signal);
      await whileDown?.();
      await host.startAgain();
    },
    close: async () => {
      await browser.close();
      const shown = [...shownByProcesses(host.pid)];
      await host.stop();
      // The test itself set these variables.
      const others = shown.map(
        ([place, text]) => [place, withoutValues(text, Object.values(env))] as const,
      );
      return new Map([...others, ["the host's output", host.printed]]);
    },
  };
}

function withoutValues(text: string, values: readonly string[]): string {
  return values.filter(Boolean).reduce((left, value) => left.replaceAll(value, ""), text);
}
