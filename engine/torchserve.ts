#!/usr/bin/env node
import { keepCompiledCode } from "./cli/compiled-code.ts";

// Before anything else is loaded.
keepCompiledCode();
await import("./cli/torchserve-program.ts");
