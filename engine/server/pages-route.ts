import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fastifyStatic } from "@fastify/static";
import type { FastifyInstance, FastifyReply } from "fastify";
import { StudioError } from "../contract/errors.ts";

/**
 * The content security policy: a page may only run and load what the studio serves, and connect to it only. The nonce
 * is for the style element that react-aria inserts; it reads the nonce from `<meta property="csp-nonce">`.
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

/** Paths of other routes, which never show a page. */
const LISTENER_PATHS = /^\/(rpc|pictures|session)(\/|$)/;

const PERMISSIONS =
  "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(), payment=(), serial=(), usb=()";

/**
 * Serves the built renderer. Every path without a dot is the single page, which does its own routing; files with a
 * content hash in their name can be cached forever.
 */
export async function pagesRoute(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, { root: folder, serve: false });
  app.get("/*", async ({ url }, reply) => {
    const [path = "/"] = url.split("?", 1);
    if (LISTENER_PATHS.test(path)) return reply.callNotFound();
    if (path === "/index.html" || !path.includes(".")) return sendPage(reply, folder);
    // Files in assets/ have a content hash in their name.
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

/** Replaces the empty nonce from the build. */
function withNonce(html: string, nonce: string): string {
  const meta = `<meta property="csp-nonce" nonce="${nonce}">`;
  return html
    .replaceAll(/<meta[^>]*csp-nonce[^>]*>/gi, "")
    .replace(/<head[^>]*>/i, (head) => `${head}${meta}`);
}
