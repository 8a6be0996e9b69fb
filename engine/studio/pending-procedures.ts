import { StudioError } from "../contract/errors.ts";
import type { ModelStore } from "../store/model-store.ts";
import { os } from "./implementer.ts";

/** Stands in for models and transfers until their own procedures are here. */
export function pendingProcedures({ store }: { readonly store: ModelStore }) {
  return {
    models: {
      list: os.models.list.handler(async () => [...(await store.list())]),
      files: os.models.files.handler(async ({ input }) => [...(await store.files(input.id))]),
      import: os.models.import.handler(refuse),
      verify: os.models.verify.handler(refuse),
      remove: os.models.remove.handler(({ input }) => store.remove(input.id)),
      catalogue: os.models.catalogue.handler(() => []),
      inspect: os.models.inspect.handler(refuse),
      download: os.models.download.handler(refuse),
    },
    transfers: {
      list: os.transfers.list.handler(() => []),
      pause: os.transfers.pause.handler(refuse),
      resume: os.transfers.resume.handler(refuse),
      cancel: os.transfers.cancel.handler(refuse),
      clear: os.transfers.clear.handler(refuse),
    },
  };
}

function refuse(): never {
  throw new StudioError("INTERNAL", { reason: "this is not built yet" });
}
