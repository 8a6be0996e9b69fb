import type { Transfers } from "../transfers/transfers.ts";
import type { DeviceList } from "../worker/device-list.ts";
import { os } from "./implementer.ts";

export interface DevicesParts {
  readonly devices: DeviceList;
  readonly transfers: Transfers;
}

/** What this machine can draw on, and what can be added. */
export function devicesProcedures({ devices, transfers }: DevicesParts) {
  return {
    list: os.devices.list.handler(async ({ input }) => [...(await devices.list(input.isFresh))]),
    installCuda: os.devices.installCuda.handler(async () => ({
      transferId: await transfers.add({ kind: "cuda", name: "ONNX Runtime", order: null }),
    })),
  };
}
