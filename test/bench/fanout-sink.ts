/**
 * Servers on which followers live: each on a loopback address of its own, all of
 * them this process, which takes whatever comes and counts it.
 */
import { createServer } from "node:http";

/** What the sink is asked: to say when so many more have come. */
export interface Awaited {
  count: number;
}

export interface SinkReady {
  port: number;
}

let received = 0;
let wanted = Infinity;

process.once("message", () => {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      response.writeHead(202).end();
      if (request.method !== "POST") return;
      received += 1;
      if (received >= wanted) tell();
    });
  });
  server.listen(0, "0.0.0.0", () => {
    const { port } = server.address() as { port: number };
    process.send?.({ port } satisfies SinkReady);
  });
  process.on("message", ({ count }: Awaited) => {
    wanted = count;
    if (received >= wanted) tell();
  });
});

function tell(): void {
  received -= wanted;
  wanted = Infinity;
  process.send?.({});
}
