import type { Endpoint } from "../contract/endpoints.ts";
import { StudioError } from "../contract/errors.ts";
import type { StudioClient } from "../contract/studio-client.ts";

/** The endpoint with an id or name. Refuses if there is none, or several with that name. */
export async function namedEndpoint(
  { endpoints }: Pick<StudioClient, "endpoints">,
  wanted: string,
): Promise<Endpoint> {
  const all = await endpoints.list();
  const named = all.filter(({ name }) => name === wanted);
  const found = all.find(({ id }) => id === wanted) ?? named[0];
  if (found === undefined) throw new StudioError("NOT_FOUND", { what: "endpoint", id: wanted });
  if (found.id !== wanted && named.length > 1) {
    const reason = `${named.length} have that name; use an id of \`endpoints list\``;
    throw new StudioError("REQUEST_INVALID", { field: "The endpoint", value: wanted, reason });
  }
  return found;
}
