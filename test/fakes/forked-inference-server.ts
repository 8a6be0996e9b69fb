import { fork } from "node:child_process";
import { once } from "node:events";

/** Our own inference server in its own process, with a constant picture. */
export interface ForkedInferenceServer extends Disposable {
  readonly url: string;
}

export async function forkInferenceServer(): Promise<ForkedInferenceServer> {
  const child = fork(new URL("inference-server-process.ts", import.meta.url));
  const [said] = (await once(child, "message")) as [{ readonly port: number }];
  return { url: `http://127.0.0.1:${said.port}`, [Symbol.dispose]: () => void child.kill() };
}
