import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fastifyStatic } from "@fastify/static";
import type { FastifyInstance, FastifyReply } from "fastify";
import { StudioError } from "../contract/errors.ts";

/**
 * What a page may do: run and load what the studio itself serves, and talk to it alone. The one nonce is
 * for the style element that react-aria puts in; it finds it in `<meta property="csp-nonce">`.
 */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' blob: data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
}

/** Paths of other routes, under which there is never a page. */
const LISTENER_PATHS = /^\/(rpc|pictures|session)(\/|$)/;

const PERMISSIONS =
  "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(), payment=(), serial=(), usb=()";

/**
 * The built renderer. Every path without a dot is the one page, which finds out itself what to show;
 * files that the build named by their content may be kept by the browser for ever.
 */
export async function pagesRoute(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, { root: folder, serve: false });
  app.get("/*", async ({ url }, reply) => {
    const [path = "/"] = url.split("?", 1);
    if (LISTENER_PATHS.test(path)) return reply.callNotFound();
    if (path === "/index.html" || !path.includes(".")) return sendPage(reply, folder);
    // The build names what lies in assets/ by its content.
    const keeping = path.startsWith("/assets/")
      ? { maxAge: "1y", immutable: true }
      : { cacheControl: false };
    return reply.sendFile(path, { dotfiles: "ignore", ...keeping });
  });
}

async function sendPage(reply: FastifyReply, folder: string): Promise<FastifyReply> {
  const nonce = randomBytes(16).toString("base64");
  const html = await readFile(join(folder, "index.html"), "utf8").catch((error: unknown) =>
    Promise.reject(new StudioError("INTERFACE_MISSING", {}, { cause: error })),
  );
  return reply
    .type("text/html; charset=utf-8")
    .header("content-security-policy", policy(nonce))
    .header("permissions-policy", PERMISSIONS)
    .header("cache-control", "no-store")
    .send(withNonce(html, nonce));
}

/** In place of the one that the build left empty. */
function withNonce(html: string, nonce: string): string {
  const meta = `<meta property="csp-nonce" nonce="${nonce}">`;
  return html
    .replaceAll(/<meta[^>]*csp-nonce[^>]*>/gi, "")
    .replace(/<head[^>]*>/i, (head) => `${head}${meta}`);
}
