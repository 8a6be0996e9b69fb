import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openLog } from "../../engine/server/log.ts";
import { OneTimeCodes } from "../../engine/server/one-time-codes.ts";
import { PictureAddresses } from "../../engine/server/picture-addresses.ts";
import { StudioServer, type ServerOptions } from "../../engine/server/studio-server.ts";
import { Tokens } from "../../engine/server/tokens.ts";
import { smallStudio, type SmallStudio } from "./small-studio.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A server over a small studio, and its parts. */
export interface OpenServer {
  readonly server: StudioServer;
  readonly studio: SmallStudio;
  readonly origin: string;
  readonly port: number;
  /** A token that it accepts. */
  readonly token: string;
  readonly keys: Pick<ServerOptions, "codes" | "tokens" | "addresses">;
  /** The data folder. */
  readonly folder: string;
}

const PAGE =
  '<!doctype html><html><head><meta property="csp-nonce" nonce=""></head><body></body></html>';

/** Listens until the current test has finished. */
export async function openServer(
  changes: Partial<ServerOptions> = {},
  studio = smallStudio(),
): Promise<OpenServer> {
  const folder = temporaryFolder();
  const pages = join(folder, "pages");
  mkdirSync(join(pages, "assets"), { recursive: true });
  writeFileSync(join(pages, "index.html"), PAGE);
  writeFileSync(join(pages, "assets", "main-1a2b.js"), "1;");
  writeFileSync(join(pages, "icon.svg"), "<svg/>");
  writeFileSync(join(folder, "secret.txt"), "a canary that stays where it is");
  const tokens = changes.tokens ?? (await Tokens.open(folder));
  const keys = { codes: new OneTimeCodes(), tokens, addresses: new PictureAddresses() };
  const server = await StudioServer.bind({
    host: "127.0.0.1",
    port: 0,
    tries: 1,
    names: [],
    pages,
    log: openLog(folder).log,
    ...keys,
    ...changes,
  });
  await server.serve(studio);
  onTestFinished(() => server.close());
  const { origin } = server;
  const port = Number(new URL(origin).port);
  return { server, studio, origin, port, token: keys.tokens.issuePassing(), keys, folder };
}
