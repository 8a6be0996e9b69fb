import { expect, test } from "vitest";
import {
  folderPrefix,
  neighbourWarning,
  publishedPlace,
} from "../../../engine/archive/bucket-layout.ts";

test("the layout is the notebook's, and the path ends in a slash", () => {
  expect(publishedPlace("", "stable-diffusion")).toEqual({
    path: "stable-diffusion/",
    configKey: "stable-diffusion/config/config.properties",
    archiveKey: "stable-diffusion/model-store/stable-diffusion.mar",
  });
  expect(publishedPlace("team/", "sd2").path).toBe("team/sd2/");
});

test.each([
  ["", ""],
  ["/", ""],
  ["team", "team/"],
  ["/team/models//", "team/models/"],
])("the prefix %j is the folder %j", (given, folder) => {
  expect(folderPrefix(given)).toBe(folder);
});

test("other keys that start like the folder are named", () => {
  const place = publishedPlace("", "sd");
  expect(neighbourWarning(place, ["sd/"])).toBeUndefined();
  expect(neighbourWarning(place, ["sd/", "sd-xl/"])).toContain(": sd-xl/ begins the same");
  expect(neighbourWarning(place, ["sd/", "sd1/", "sd2/", "sd3/", "sd4"])).toContain(
    "sd1/, sd2/, sd3/ and others",
  );
});
