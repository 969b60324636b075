import { createApp } from "./app.ts";
import { readConfig } from "./config.ts";
import { hasAdministrator, makeSetupLink } from "./directory/set-up.ts";
import { linkUrl } from "./directory/link.ts";
import { describeFailure } from "./errors.ts";
import { listen } from "./listen.ts";
import { setUpLogs } from "./log.ts";
import { guardOutbound } from "./outbound.ts";

/** Runs a node until it is told to stop. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  await setUpLogs(config.logLevel);
  guardOutbound(config.origin, config.insecure);
  // npm passes a signal on that its group got already: the second must not be the end.
  const stopped = new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, resolve);
  });
  await using app = await createApp(config);
  await using listener = await listen((request) => app.fetch(request), config.port, config.host);
  app.start();
  console.log(
    `Fragaria is at ${config.origin} (port ${listener.port}, data in ${config.dataDir}).`,
  );
  if (!(await hasAdministrator(app.db))) {
    const token = await makeSetupLink(app.db, Date.now());
    console.log(`Set it up here, once and within a day: ${linkUrl(app.node, "setup", token)}`);
  }
  if (config.insecure) {
    console.log("It is for this machine only: set ORIGIN=https://… to take part in the directory.");
  }
  await stopped;
  app.stop();
}

try {
  await main();
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}
