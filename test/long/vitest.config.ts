import { defineConfig } from "vitest/config";

// What takes minutes: processes killed at random, and many more random inputs than in the gate.
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/long/*.test.ts"],
    setupFiles: ["src/temporal.ts"],
    fileParallelism: false,
    testTimeout: 1_800_000,
    reporters: ["default", "./test/helpers/reporter.ts"],
  },
});
