import { AsyncLocalStorage } from "node:async_hooks";
import { configure, getAnsiColorFormatter, getConsoleSink, type LogLevel } from "@logtape/logtape";

/**
 * Sends log lines to the terminal: ours from `level` on, those of the libraries
 * from warnings on. Fedify logs request and key material at lower levels.
 */
export async function setUpLogs(level: LogLevel): Promise<void> {
  await configure({
    reset: true,
    contextLocalStorage: new AsyncLocalStorage(),
    sinks: { console: getConsoleSink({ formatter: getAnsiColorFormatter({ timestamp: "time" }) }) },
    loggers: [
      { category: "fragaria", sinks: ["console"], lowestLevel: level },
      { category: "fedify", sinks: ["console"], lowestLevel: "error" },
      { category: ["logtape", "meta"], sinks: ["console"], lowestLevel: "warning" },
    ],
  });
}
