import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [
      ...configDefaults.exclude,
      "test/interop/snac*.test.ts",
      "test/long/**",
      "test/bench/**",
    ],
    globalSetup: ["test/helpers/postgres.ts"],
    setupFiles: ["src/temporal.ts", "test/helpers/cheap-crypto.ts"],
    // A third of the time would go into loading the same modules for each file
    // anew; src/ keeps no state in them but what is the same for everybody.
    isolate: false,
    reporters: ["default", "./test/helpers/reporter.ts"],
    // Of two cores the default would use one.
    maxWorkers: "100%",
    // Nothing is timed by tests: these are for what hangs, also on a machine that is busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
