import { implement } from "@orpc/server";
import { contract } from "../contract/contract.ts";

/** Every procedure starts from here: `os.gallery.names.handler(…)`. */
export const os = implement(contract);
