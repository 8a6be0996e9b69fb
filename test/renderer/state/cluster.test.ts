import { beforeEach, expect, test } from "vitest";
import { DEPLOY_DEFAULTS, type DeployDraft } from "../../../engine/contract/deploy.ts";
import type { Applied } from "../../../engine/contract/deployments.ts";
import {
  clusterFault,
  isSameDraft,
  keepPicture,
  pictureOf,
  takeWish,
  useClusterChoice,
  wantPicture,
} from "../../../renderer/state/cluster.ts";

const PLACE = { clusterId: "c", namespace: "sd-proj", name: "kt2" };
const DRAFT: DeployDraft = { ...DEPLOY_DEFAULTS, connectionId: "b", path: "sd2/", name: "kt2" };

const APPLIED: Applied = {
  isSound: false,
  objects: [
    {
      kind: "InferenceService",
      name: "kt2",
      namespace: "sd-proj",
      outcome: "refused",
      changes: [],
      warnings: [],
      conflicts: [],
      faults: [{ path: "spec.x", reason: "must be smaller", field: "memoryLimit" }],
    },
  ],
};

beforeEach(() => useClusterChoice.setState({ clusterId: undefined, pictures: {} }));

test("a first picture is requested once", () => {
  expect(takeWish(PLACE)).toBe(false);
  wantPicture(PLACE);
  expect(pictureOf(useClusterChoice.getState(), PLACE)).toBeUndefined();
  expect([takeWish(PLACE), takeWish(PLACE)]).toEqual([true, false]);
  keepPicture(PLACE, "generation");
  expect(pictureOf(useClusterChoice.getState(), PLACE)).toBe("generation");
});

test("only the latest deployments' pictures are remembered", () => {
  for (let index = 0; index < 60; index++) keepPicture({ ...PLACE, name: `sd-${index}` }, "g");
  const kept = Object.keys(useClusterChoice.getState().pictures);
  expect(kept).toHaveLength(50);
  expect(kept.at(-1)).toBe("c/sd-proj/sd-59");
});

test("a cluster's refusal is shown at its field until the form changes", () => {
  const last = { clusterId: "c", draft: DRAFT, force: false, applied: APPLIED };
  expect(clusterFault(last, DRAFT, "memoryLimit")).toBe("must be smaller");
  expect(clusterFault(last, DRAFT, "cpuLimit")).toBeUndefined();
  expect(clusterFault(last, { ...DRAFT, memoryLimit: "8Gi" }, "memoryLimit")).toBeUndefined();
  expect(clusterFault(undefined, DRAFT, "memoryLimit")).toBeUndefined();
});

test("a draft is the same in any order of its fields", () => {
  const turned = Object.fromEntries(Object.entries(DRAFT).toReversed());
  expect(isSameDraft(DRAFT, turned as DeployDraft)).toBe(true);
});
