import { Entry } from "@napi-rs/keyring";
import type { KeyringReply, KeyringRequest } from "./keyring-messages.ts";

/**
 * A process that makes one call to the system's keyring and ends. The call can wait for a person to unlock the keyring,
 * or forever, and it runs foreign code: the parent stays responsive and can kill it.
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
  // The kernel's keyring, the library's second choice on Linux, is lost at a restart.
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

/** Stores a dummy secret, reads it and deletes it. */
function tryOut(entry: Entry): null {
  entry.setPassword("darkroom");
  const kept = entry.getPassword();
  entry.deletePassword();
  if (kept !== "darkroom") throw new Error("it does not return what it was given");
  return null;
}
