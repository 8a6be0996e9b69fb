import type { StudioClient } from "../contract/studio-client.ts";
import { note } from "./outcome.ts";

/** Tells what became of a token that was given: that it was empty, or that nothing but its file guards it. */
export async function noteToken(
  { secrets }: Pick<StudioClient, "secrets">,
  { hasToken }: { readonly hasToken: boolean },
): Promise<void> {
  if (!hasToken) return note("It was empty: there is no token now.");
  const [status] = await secrets.status();
  if (status?.vault !== "file") return;
  note(
    "The token is kept unencrypted, in a file that only you can read (secrets.json in the data folder): there is no keyring to use.",
  );
}
