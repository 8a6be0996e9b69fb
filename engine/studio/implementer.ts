import { implement } from "@orpc/server";
import { contract } from "../contract/contract.ts";

/** Implements procedures: `os.gallery.names.handler(…)`. */
export const os = implement(contract);
