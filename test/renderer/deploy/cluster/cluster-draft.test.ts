import { expect, test } from "vitest";
import { newClusterSchema } from "../../../../engine/contract/clusters.ts";
import {
  type ClusterDraft,
  newClusterOf,
} from "../../../../renderer/deploy/cluster/cluster-draft.ts";

const DRAFT: ClusterDraft = {
  kind: "kubeconfig",
  name: " ",
  path: "",
  context: "",
  address: "https://api.example.com:6443",
  token: "sha256~abc",
  ca: "",
  isInsecure: false,
  namespace: "sd-proj",
};

test("a kubeconfig is sent without a token that was typed before", () => {
  const asked = newClusterOf({ ...DRAFT, context: "kind" });
  expect(asked).toEqual({ kind: "kubeconfig", context: "kind" });
  expect(newClusterSchema.parse(asked)).toEqual(asked);
});

test("an address is sent with its token, and without empty fields", () => {
  const asked = newClusterOf({ ...DRAFT, kind: "token" });
  expect(asked).toEqual({
    kind: "token",
    address: DRAFT.address,
    token: DRAFT.token,
    ca: null,
    isInsecure: false,
    namespace: "sd-proj",
  });
  expect(newClusterSchema.parse(asked)).toEqual(asked);
});
