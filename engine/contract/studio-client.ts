import type { ContractRouterClient } from "@orpc/contract";
import type { contract } from "./contract.ts";

/** A typed client of the studio, however it is connected: every command and query of the contract. */
export type StudioClient = ContractRouterClient<typeof contract>;
