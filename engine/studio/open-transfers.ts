import type { BucketParts } from "./open-buckets.ts";
import type { DrawingParts } from "./open-drawing.ts";
import type { ServingParts } from "./open-serving.ts";
import type { Stores } from "./open-stores.ts";
import type { StudioOptions } from "./studio-options.ts";
import type { Transfers } from "../transfers/transfers.ts";
import type { WhoAmI } from "./secret-procedures.ts";
import { StudioError } from "../contract/errors.ts";
import { cudaInstaller, type CudaInstaller } from "../drawing/cuda.ts";
import { bucketWorks, sweepBucketTransfers } from "./bucket-transfers.ts";
import { bucketImportWork } from "./bucket-import.ts";
import { cudaWork } from "./cuda-work.ts";
import { hubEndpoint, type HubAccess } from "../hub/hub-access.ts";
import { modelWorks } from "./model-works.ts";
import { os } from "./implementer.ts";
import { serveWork } from "./serve-bucket.ts";
import { bringTinyDecoder } from "./tiny-decoders.ts";
import { packWork } from "./pack-archive.ts";
import { publishWork } from "./publish-model.ts";
import { proxiedFetch } from "../download/proxied-fetch.ts";
import { whoAmI } from "../hub/who-am-i.ts";

/** The model hub, and what to do with new models. */
export interface TransferParts {
  /** The hub with the current address and token. */
  readonly hub: () => Promise<HubAccess>;
  /** Asks the hub whether it accepts a token. */
  readonly whoAmI: WhoAmI;
  /** Reports that models were added, removed or changed. */
  readonly onModels: () => void;
  readonly cuda: CudaInstaller;
  /** Called when libraries of a device were installed or removed. */
  readonly onLibraries: () => Promise<unknown>;
}

/** Connects transfers to store, hub and buckets, and starts them. */
export function openTransfers(
  { dataFolder, cacheFolder, isPassive, cuda = cudaInstaller(dataFolder) }: StudioOptions,
  { settings, secrets, transfers, events }: Stores,
  parts: DrawingParts & Pick<ServingParts, "studioEngine" | "server"> & BucketParts,
): TransferParts {
  const { store, devices, drawing, turns, studioEngine, server } = parts;
  const { connections, buckets, received } = parts;
  const fetch = proxiedFetch();
  const access = (token: string | undefined): HubAccess => ({
    endpoint: hubEndpoint(settings.read().hubEndpoint),
    token: token?.trim(),
    fetch,
  });
  const hub = async () => access(await secrets.get("hub-token").catch(withoutToken));
  const onModels = (): void => {
    studioEngine.forget();
    events.publish({ type: "models-changed" });
  };
  const onLibraries = () => {
    // A running inference process knows only the libraries that existed when it was started.
    turns.whenFree("studio", () => drawing.unload());
    return devices.list(true);
  };
  const runners = {
    ...modelWorks({
      store,
      hub,
      bringTinyDecoder: (run) => bringTinyDecoder(run, { dataFolder, hub, settings, events }),
      isOpen: (id) => transfers.isOpen(id),
      onModels,
    }),
    pack: packWork({ store, cacheFolder, dataFolder }),
    publish: publishWork({ store, connections, buckets, cacheFolder, dataFolder }),
    ...bucketWorks({ connections, received, dataFolder }),
    "bucket-import": bucketImportWork({ store, connections, onModels }),
    "bucket-serve": serveWork({ store, connections, server, studioEngine, onModels }),
    cuda: cudaWork({ installer: cuda, onLibraries }),
  };
  // What cannot be deleted now is deleted at the next start.
  sweepBucketTransfers(dataFolder, { received, transfers }).catch(() => undefined);
  transfers.begin(runners, isPassive);
  const asks = async (...[token, signal]: Parameters<WhoAmI>) => whoAmI(access(token), signal);
  return { hub, whoAmI: asks, onModels, cuda, onLibraries };
}

/** A locked vault does not prevent access to what is public. */
function withoutToken(error: unknown): undefined {
  if (error instanceof StudioError && error.code === "SECRET_UNAVAILABLE") return undefined;
  throw error;
}

/** Listing and controlling transfers. */
export function transferProcedures({ transfers }: { readonly transfers: Transfers }) {
  return {
    list: os.transfers.list.handler(() => [...transfers.list()]),
    pause: os.transfers.pause.handler(({ input }) => transfers.pause(input.ids)),
    resume: os.transfers.resume.handler(({ input }) => transfers.resume(input.ids)),
    cancel: os.transfers.cancel.handler(({ input }) => transfers.cancel(input.ids)),
    clear: os.transfers.clear.handler(() => transfers.clear()),
  };
}
