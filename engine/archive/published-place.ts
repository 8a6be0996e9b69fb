/** Where the notebook's layout puts an archive and its configuration in a bucket. */
export interface PublishedPlace {
  /** To be entered in OpenShift AI as the model's path. */
  readonly path: string;
  readonly configKey: string;
  readonly archiveKey: string;
}

/**
 * The slash at the end of the path is needed: KServe 0.12 to 0.14, which OpenShift AI ships, put an
 * object whose name begins with the path's last part elsewhere, and TorchServe would not find its archive.
 */
export function publishedPlace(prefix: string, name: string): PublishedPlace {
  const path = `${prefix}${name}/`;
  return {
    path,
    configKey: `${path}config/config.properties`,
    archiveKey: `${path}model-store/${name}.mar`,
  };
}

/** A folder under which models are put, with a slash at its end unless it is the whole bucket. */
export function folderPrefix(given: string): string {
  const plain = given.replace(/^\/+/, "").replace(/\/+$/, "");
  return plain === "" ? "" : `${plain}/`;
}

/** What else would be copied by whoever enters the path without its slash; undefined where nothing would. */
export function neighbourWarning(
  { path }: PublishedPlace,
  neighbours: readonly string[],
): string | undefined {
  const others = neighbours.filter((key) => !key.startsWith(path));
  if (others.length === 0) return undefined;
  const names = others.slice(0, 3).join(", ") + (others.length > 3 ? " and others" : "");
  return `Keep the slash at its end: ${names} begins the same, and KServe would copy it as well`;
}
