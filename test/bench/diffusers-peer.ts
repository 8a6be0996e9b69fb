import { LinePeer } from "./line-peer.ts";

const SCRIPT = new URL("diffusers_peer.py", import.meta.url).pathname;

/** diffusers on the same weights; work is the network, the latents' side and the number type: "unet 64 fp32". */
export function startDiffusers(
  python: string,
  folder: string,
  threads: number,
): Promise<LinePeer | undefined> {
  return LinePeer.start(python, [SCRIPT, folder, String(threads)]);
}
