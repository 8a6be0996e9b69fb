import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openServer } from "../../fakes/open-server.ts";
import { parsed, rawRequest } from "../../fakes/raw-request.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const NONCE = /<meta property="csp-nonce" nonce="([\w+/=]+)">/;

test.each(["/", "/generate", "/gallery/a-1", "/index.html", "/settings?tab=models", "/a%20b"])(
  "%s is the one page",
  async (path) => {
    const { origin } = await openServer();
    const reply = await fetch(origin + path);
    expect([reply.status, reply.headers.get("content-type"), await reply.text()]).toEqual([
      200,
      "text/html; charset=utf-8",
      expect.stringMatching(NONCE),
    ]);
  },
);

test("a page may do only what its policy lists, with a new nonce each time", async () => {
  const { origin } = await openServer();
  const replies = await Promise.all([fetch(origin), fetch(origin)]);
  const nonces = await Promise.all(
    replies.map(async (reply) => NONCE.exec(await reply.text())?.[1] ?? ""),
  );
  expect(new Set(nonces).size).toBe(2);
  expect(replies[0].headers.get("content-security-policy")).toBe(
    "default-src 'none'; script-src 'self'; " +
      `style-src 'self' 'nonce-${nonces[0]}'; img-src 'self' blob: data:; font-src 'self'; ` +
      "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
      "require-trusted-types-for 'script'",
  );
  expect(replies[0].headers.get("cache-control")).toBe("no-store");
  expect(replies[0].headers.get("permissions-policy")).toContain("camera=()");
});

test("files named by their content are cached, others requested again", async () => {
  const { origin } = await openServer();
  const [script, icon] = await Promise.all(
    ["/assets/main-1a2b.js", "/icon.svg"].map((path) => fetch(origin + path)),
  );
  expect(script!.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(script!.headers.get("content-type")).toMatch(/javascript/);
  expect([icon!.status, icon!.headers.get("cache-control")]).toEqual([200, null]);
});

test.each(["/no.txt", "/assets/no.js", "/rpc", "/rpc/say", "/session", "/pictures", "/pictures/x"])(
  "%s is not found, as JSON",
  async (path) => {
    const { origin } = await openServer();
    const reply = await fetch(origin + path);
    expect([reply.status, await reply.json()]).toMatchObject([404, { code: "NOT_FOUND" }]);
  },
);

const ESCAPES = [
  "/../secret.txt",
  "/..%2fsecret.txt",
  "/%2e%2e/secret.txt",
  "/%2e%2e%2fsecret.txt",
  "/assets/../../secret.txt",
  "/assets/..%5c..%5csecret.txt",
  "/..\\secret.txt",
  "/%252e%252e/secret.txt",
  "/....//secret.txt",
  "/assets/%00/../../secret.txt",
  "/secret.txt%00.js",
  "//secret.txt",
  "/./../secret.txt",
  "/assets/main-1a2b.js/../../../secret.txt",
  "/%c0%ae%c0%ae/secret.txt",
  "/%",
  "/%zz.txt",
  "/.env",
  "/assets/.hidden",
];

test.each(ESCAPES)("%s does not lead out of the pages", async (path) => {
  const { port, folder } = await openServer();
  writeFileSync(join(folder, "pages", ".env"), "a canary that stays where it is");
  writeFileSync(join(folder, "pages", "assets", ".hidden"), "a canary that stays where it is");
  const reply = await rawRequest(
    port,
    `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`,
  );
  expect(reply).not.toContain("canary");
  expect(reply).not.toContain(folder);
  const { status, body } = parsed(reply);
  expect([400, 403, 404]).toContain(status);
  expect(body["error"]).toEqual(expect.any(String));
});

test("pages that were not built are reported as missing", async () => {
  const { origin } = await openServer({ pages: join(temporaryFolder(), "none") });
  const reply = await fetch(origin);
  expect([reply.status, await reply.json()]).toMatchObject([500, { code: "INTERFACE_MISSING" }]);
});
