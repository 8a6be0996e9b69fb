import { beforeEach, expect, test } from "vitest";
import {
  changeDeployDraft,
  fillDeployPlace,
  notePublished,
  useDeployDraft,
} from "../../../renderer/state/deploy.ts";

const STARTER = { connectionId: "lab", bucket: "models", path: "team/starter/", name: "starter" };
const MINE = { connectionId: "lab", bucket: undefined, path: "My_Model/", name: "My_Model" };

/** What the form has of a place, with the deployment's name. */
function entered() {
  const { connectionId, bucket, path, name } = useDeployDraft.getState();
  return { connectionId, bucket, path, name };
}

beforeEach(() => {
  // As if only the studio had filled it in.
  fillDeployPlace({ connectionId: "", bucket: undefined, path: "stable-diffusion/" });
});

test("a publish fills in its place and its name, and the next one again", () => {
  notePublished(STARTER);
  expect(entered()).toEqual(STARTER);
  notePublished(MINE);
  expect(entered()).toEqual({ ...MINE, name: "my-model" });
});

test("what was entered stays, and so does a name while the place changes", () => {
  notePublished(STARTER);
  changeDeployDraft({ path: "elsewhere/" });
  notePublished(MINE);
  expect(entered()).toEqual({ ...STARTER, path: "elsewhere/", name: "my-model" });
  fillDeployPlace(MINE);
  changeDeployDraft({ name: "kt2" });
  notePublished(STARTER);
  expect(entered()).toEqual({ ...STARTER, name: "kt2" });
});
