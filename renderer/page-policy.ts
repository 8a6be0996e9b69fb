import { config } from "zod";

// For speed, Zod would compile functions from text, which the page's policy forbids. It decides that when a schema is
// made, so this runs before any schema is made.
config({ jitless: true });

/** The part of trusted types that is used here; TypeScript's DOM types do not include them yet. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML(text: string): string | null }): unknown;
}

declare global {
  interface Window {
    readonly trustedTypes?: TrustedTypes;
  }
}

// react-aria clears its announcer by setting empty HTML; only an empty string is allowed.
window.trustedTypes?.createPolicy("default", {
  createHTML: (text) => (text === "" ? "" : null),
});
