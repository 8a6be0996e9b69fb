import type { ContractRouterClient } from "@orpc/contract";
import type { contract } from "./contract.ts";

/** A studio as its users see it, however they reach it: every command and query of the contract, typed. */
export type StudioClient = ContractRouterClient<typeof contract>;
