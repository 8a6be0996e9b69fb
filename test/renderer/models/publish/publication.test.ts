import { expect, test } from "vitest";
import {
  bucketOf,
  changeModel,
  folderOf,
  isSound,
  layoutOf,
  placeOf,
} from "../../../../renderer/models/publish/publication.ts";
import { connectionOf } from "../../../fakes/fake-buckets.ts";

const asked = {
  modelId: "sd2.1",
  connectionId: "",
  bucket: "",
  prefix: "",
  name: "stable-diffusion",
  version: "1.0",
  isInt8: false,
};

test("the layout equals the notebook's document", () => {
  const lines = layoutOf(asked, connectionOf());
  expect(lines.map(({ depth, name }) => `${"  ".repeat(depth)}${name}`)).toEqual([
    "models/",
    "  stable-diffusion/",
    "    config/",
    "      config.properties",
    "    model-store/",
    "      stable-diffusion.mar",
  ]);
});

test("a folder has no leading slash and one at its end, however it was typed", () => {
  expect(folderOf({ prefix: "" })).toBe("");
  expect(folderOf({ prefix: " /team//models" })).toBe("team/models/");
  expect(placeOf({ ...asked, prefix: "team/" }, connectionOf())).toEqual({
    connectionId: "models",
    bucket: "models",
    prefix: "team/",
  });
});

test("a bucket is required if the connection names none, and names are TorchServe's", () => {
  const every = connectionOf({ bucket: null });
  expect(isSound(asked, every)).toBe(false);
  expect(isSound({ ...asked, bucket: "models" }, every)).toBe(true);
  expect(bucketOf({ ...asked, bucket: "other" }, connectionOf())).toBe("models");
  expect(isSound({ ...asked, name: "stable diffusion" }, connectionOf())).toBe(false);
  expect(isSound({ ...asked, name: "sd-2.1" }, connectionOf())).toBe(false);
  expect(isSound(asked, undefined)).toBe(false);
});

test("another model brings its own name, unless one was entered", () => {
  expect(changeModel({ ...asked, name: "sd2-1" }, "starter")).toEqual({
    modelId: "starter",
    name: "starter",
  });
  expect(changeModel(asked, "starter")).toEqual({ modelId: "starter" });
});
