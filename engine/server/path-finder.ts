import { join } from "node:path";
import { StudioError } from "../contract/errors.ts";
import type { StudioClient } from "../contract/studio-client.ts";
import type { PathFinder } from "./host-pipe.ts";
import type { OpenPicture } from "./pictures-route.ts";

/** Finds files and folders for the desktop, by ids and never by paths. */
export function pathFinder(studio: StudioClient, openPicture: OpenPicture): PathFinder {
  return {
    async pathOfImage(id) {
      const picture = await openPicture("image", id);
      if ("path" in picture) return picture.path;
      throw new StudioError("NOT_FOUND", { what: "picture", id });
    },
    async pathOfFolder(folder) {
      const { dataFolder, pictureFolder } = await studio.machine.get();
      const paths = {
        data: dataFolder,
        pictures: pictureFolder,
        models: join(dataFolder, "models"),
      };
      return paths[folder];
    },
  };
}
