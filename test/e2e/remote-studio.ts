import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { HostProcess } from "./host-process.ts";

/** Another Darkroom, whose inference server speaks all its protocols. */
export interface RemoteStudio extends AsyncDisposable {
  readonly url: string;
  /** The address of its gRPC listener. */
  readonly grpc: string;
}

/** Starts a second Darkroom with its own data folder; its inference server is the remote endpoint. */
export async function remoteStudio(): Promise<RemoteStudio> {
  const folder = mkdtempSync(join(tmpdir(), "darkroom-remote-"));
  const ports = ["--port", "0", "--endpoint-port", "0", "--grpc-port", "0"];
  const args = ["--data-dir", folder, ...ports, "--openai", "--a1111"];
  const host = new HostProcess(args, { DARKROOM_DEVICE: "cpu" });
  await host.start();
  const { endpoint: url, grpc } = host;
  if (url === undefined || grpc === undefined) throw new Error("the remote has no server");
  return {
    url,
    grpc,
    async [Symbol.asyncDispose]() {
      await host.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Calls the studio in the same way as its page. */
export async function call(page: Page, path: string, input?: object): Promise<unknown> {
  return page.evaluate(
    async ([procedure, body]) => {
      const token = localStorage.getItem("darkroom.token");
      const headers = { "content-type": "application/json" };
      const known = token === null ? headers : { ...headers, authorization: `Bearer ${token}` };
      const reply = await fetch(`/rpc/${procedure}`, { method: "POST", headers: known, body });
      const { json }: { json?: unknown } = JSON.parse((await reply.text()) || "{}");
      if (!reply.ok) throw new Error(JSON.stringify(json));
      return json;
    },
    [path, JSON.stringify({ json: input })] as const,
  );
}

/** Adds an endpoint without checking it; returns its id. */
export async function addUntested(page: Page, endpoint: object): Promise<string> {
  const added = await call(page, "endpoints/add", endpoint);
  return String(Reflect.get(Object(added), "id"));
}

/** Adds an endpoint and checks it; returns its id. */
export async function addEndpoint(page: Page, endpoint: object): Promise<string> {
  const id = await addUntested(page, endpoint);
  await call(page, "endpoints/test", { id });
  return id;
}
