import { config } from "zod";

// Zod would make functions out of text to be quicker, which the page's policy forbids. It decides so
// when a schema is made, so this comes before everything that makes one.
config({ jitless: true });

/** Trusted types, as far as they are needed here: TypeScript's own DOM does not know them yet. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML(text: string): string | null }): unknown;
}

declare global {
  interface Window {
    readonly trustedTypes?: TrustedTypes;
  }
}

// react-aria empties its announcer by writing nothing as HTML; nothing is all that may be written so.
window.trustedTypes?.createPolicy("default", {
  createHTML: (text) => (text === "" ? "" : null),
});
