import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { serverSettingsSchema, type ServerSettings } from "../../engine/contract/server.ts";
import { createListener } from "../../engine/http/listener.ts";
import type { SocketLimits } from "../../engine/http/sockets.ts";
import type { Admission } from "../../engine/serving/admission.ts";
import type { Caller } from "../../engine/serving/caller.ts";
import type { PictureEngine } from "../../engine/serving/picture-engine.ts";
import { quietLog } from "../../engine/serving/quiet-log.ts";
import { installRoutes } from "../../engine/serving/routes/install-routes.ts";
import { ConstantEngine } from "./constant-engine.ts";

const ANYBODY: Caller = {
  id: "anonymous",
  scopes: new Set(["inference", "management"]),
  isSeedProfile: false,
  keepsPictures: false,
};

export interface OpenRoutesOptions<E extends PictureEngine> {
  readonly engine?: E;
  readonly admission?: Admission;
  readonly caller?: Partial<Caller>;
  readonly settings?: Partial<ServerSettings>;
  readonly silenceMs?: number;
  /** 30,000 if absent; at least 5,000. */
  readonly requestTimeoutMs?: number;
  readonly sockets?: SocketLimits;
}

/** Routes on a real port, and the engine behind them. */
export interface OpenRoutes<E> {
  readonly engine: E;
  readonly port: number;
  readonly origin: string;
  /** What was logged as an error. */
  readonly logged: unknown[];
  close(): Promise<void>;
}

/** A fake that admits every request at once. */
export function openAdmission(engine: PictureEngine): Admission {
  return {
    async *draw({ job, caller, signal, onStart }) {
      onStart?.();
      yield* engine.draw({ ...job, keepsPictures: caller.keepsPictures }, signal);
    },
  };
}

/** Serves the routes without a gate, over a fake engine. */
export async function serveRoutes(
  options: OpenRoutesOptions<ConstantEngine> = {},
): Promise<OpenRoutes<ConstantEngine>> {
  const engine = options.engine ?? new ConstantEngine();
  const logged: unknown[] = [];
  const app = createListener({
    reject: () => undefined,
    replyTo: ({ message }) => ({ body: { error: message } }),
    requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
    log: quietLog((error) => logged.push(error)),
    ...(options.sockets && { sockets: options.sockets }),
  });
  installRoutes(app, {
    engine,
    admission: options.admission ?? openAdmission(engine),
    callerOf: () => ({ ...ANYBODY, ...options.caller }),
    ...(options.silenceMs === undefined ? {} : { silenceMs: options.silenceMs }),
    settings: () => ({ ...serverSettingsSchema.parse({}), ...options.settings }),
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return { engine, logged, port, origin: `http://127.0.0.1:${port}`, close: () => app.close() };
}

/** The same until the current test has finished. */
export async function openRoutes(
  options: OpenRoutesOptions<ConstantEngine> = {},
): Promise<OpenRoutes<ConstantEngine>> {
  const routes = await serveRoutes(options);
  onTestFinished(() => routes.close());
  return routes;
}
