import { once } from "node:events";
import { createServer } from "node:http";
import { chromium, type Page } from "@playwright/test";
import { onTestFinished } from "vitest";
import { CHROMIUM_ARGS, chromiumPath } from "../e2e/chromium.ts";

/** A real browser, for which evil.test resolves to this machine: the result of rebinding a name. */
export async function browserPage(): Promise<Page> {
  const browser = await chromium.launch({
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    args: [...CHROMIUM_ARGS, "--host-resolver-rules=MAP evil.test 127.0.0.1"],
  });
  onTestFinished(() => browser.close());
  return browser.newPage();
}

/** The origin of another party's page, on its own port. */
export async function foreignSite(html: string): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end(html);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return `http://evil.test:${port}`;
}
