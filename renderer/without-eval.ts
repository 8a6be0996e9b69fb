import { config } from "zod";

// Zod would make functions out of text to be quicker, which the page's policy forbids. It decides so
// when a schema is made, so this comes before everything that makes one.
config({ jitless: true });
