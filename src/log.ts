import { AsyncLocalStorage } from "node:async_hooks";
import { configure, getAnsiColorFormatter, getConsoleSink, type LogLevel } from "@logtape/logtape";

/**
 * Sends log lines to the terminal: ours from `level` on. What fails in Fedify
 * we log ourselves, in one line; it logs the same with everything around it.
 */
export async function setUpLogs(level: LogLevel): Promise<void> {
  await configure({
    reset: true,
    contextLocalStorage: new AsyncLocalStorage(),
    sinks: { console: getConsoleSink({ formatter: getAnsiColorFormatter({ timestamp: "time" }) }) },
    loggers: [
      { category: "fragaria", sinks: ["console"], lowestLevel: level },
      { category: "fedify", sinks: ["console"], lowestLevel: "fatal" },
      { category: ["logtape", "meta"], sinks: ["console"], lowestLevel: "warning" },
    ],
  });
}
