import { initializerRules } from "./storage-initializer-suite.ts";

initializerRules("0.15");
