import { writeSync } from "node:fs";
import type { SerializedError } from "vitest";
import type { Reporter, TestModule } from "vitest/node";

/**
 * Ends the output with one line for machines, `N passed, N failed`. What went
 * wrong outside a test (a file that doesn't load, a rejection that nobody
 * handles) counts as failed, so that the line never looks better than the run.
 */
export default class ClosingLine implements Reporter {
  #passed = 0;
  #failed = 1; // A run that doesn't get to its end has failed.

  onInit(): void {
    // At exit, because the other reporter and the tear-down print after us.
    process.once("exit", () => {
      writeSync(1, `${this.#passed} passed, ${this.#failed} failed\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const ended = (state: string) => tests.filter((test) => test.result().state === state).length;
    this.#passed = ended("passed");
    this.#failed =
      ended("failed") +
      suites.filter((suite) => suite.errors().length > 0).length +
      unhandled.length;
  }
}
