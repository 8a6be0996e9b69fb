import { Entry } from "@napi-rs/keyring";
import type { KeyringReply, KeyringRequest } from "./keyring-messages.ts";

/**
 * A process that asks the system's keyring one thing and ends. Its calls may wait for a person who
 * unlocks the keyring, or for ever, and run foreign code: its parent stays able to answer, and kills it.
 */
process.once("message", (request: KeyringRequest) => {
  process.send?.(answer(request), () => process.exit());
});

function answer(request: KeyringRequest): KeyringReply {
  try {
    return { secret: perform(request) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : "it failed" };
  }
}

function perform(request: KeyringRequest): string | null {
  // The kernel's own keyring, the library's second choice on Linux, forgets at the next start.
  const entry = new Entry("Darkroom", request.account, { linux: { store: "secret-service" } });
  switch (request.operation) {
    case "get":
      return entry.getPassword();
    case "set":
      entry.setPassword(request.secret);
      return null;
    case "remove":
      entry.deletePassword();
      return null;
    case "probe":
      return tryOut(entry);
  }
}

/** Keeps something worthless, reads it and takes it away again. */
function tryOut(entry: Entry): null {
  entry.setPassword("darkroom");
  const kept = entry.getPassword();
  entry.deletePassword();
  if (kept !== "darkroom") throw new Error("it does not give back what it was given");
  return null;
}
