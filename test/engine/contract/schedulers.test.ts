import { expect, test } from "vitest";
import { SCHEDULER_NAMES } from "../../../engine/contract/schedulers.ts";

/** Names that some version has stored in queues, pictures and settings. Add new ones; remove none. */
const SHIPPED = `ddim pndm euler euler-karras euler-ancestral dpm++2m dpm++2m-karras
  dpm++2m-sde dpm++2m-sde-karras dpm++sde dpm++sde-karras
  heun heun-karras lms lms-karras deis deis-karras ddpm lcm tcd
  kdpm2 kdpm2-karras kdpm2-ancestral kdpm2-ancestral-karras
  unipc unipc-karras`.split(/\s+/);

test("every name that was ever stored is still valid", () => {
  expect(SCHEDULER_NAMES).toEqual(expect.arrayContaining(SHIPPED));
  expect(SHIPPED).toEqual(expect.arrayContaining([...SCHEDULER_NAMES]));
});
