import { defineConfig } from "vitest/config";

// Against a real snac2, which looks into its queue every 3 seconds: it takes minutes, and mostly waits.
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/interop/snac*.test.ts"],
    globalSetup: ["test/interop/require-snac.ts"],
    maxWorkers: 2,
    reporters: ["default", "./test/helpers/reporter.ts"],
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});
