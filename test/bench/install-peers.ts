import { PEERS, type Peer } from "../interop/peers.ts";
import { Missing } from "../interop/install-step.ts";
import { installPackages } from "../interop/virtual-environment.ts";

/** A peer that is measured but has no test of its own. */
const OPENVINO: Peer = {
  name: "openvino",
  pip: ["openvino==2026.4.1", "nncf==3.4.0"],
  sharesWith: "diffusers",
  installMinutes: 60,
  size: "torch, 3 GB with its libraries",
};

const STABLE_DIFFUSION_CPP: Peer = {
  name: "stable-diffusion.cpp",
  pip: ["stable_diffusion_cpp_python==0.4.7"],
  needs: ["cmake", "c++"],
  installMinutes: 60,
  size: "built on the spot from its source",
};

/** Installs the missing libraries that we are compared with; reports why one cannot be installed. */
export async function installPeers(): Promise<void> {
  const diffusers = PEERS.filter(({ name }) => name === "diffusers");
  for (const peer of [...diffusers, OPENVINO, STABLE_DIFFUSION_CPP]) {
    await installPackages(peer, 60 * 60_000).catch((error: unknown) => {
      if (!(error instanceof Missing)) throw error;
      console.error(`${peer.name}: skipped, ${error.message}`);
    });
  }
}
