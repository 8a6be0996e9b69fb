import type { Transfers } from "../transfers/transfers.ts";
import { os } from "./implementer.ts";

/** Long work on files: seeing it, and having a say in it. */
export function transferProcedures({ transfers }: { readonly transfers: Transfers }) {
  return {
    list: os.transfers.list.handler(() => [...transfers.list()]),
    pause: os.transfers.pause.handler(({ input }) => transfers.pause(input.ids)),
    resume: os.transfers.resume.handler(({ input }) => transfers.resume(input.ids)),
    cancel: os.transfers.cancel.handler(({ input }) => transfers.cancel(input.ids)),
    clear: os.transfers.clear.handler(() => transfers.clear()),
  };
}
