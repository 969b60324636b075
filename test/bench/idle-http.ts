/** A peer: what Node needs to answer requests at all. */
import { createServer } from "node:http";

process.once("message", () => {
  const server = createServer((_request, response) => response.end("ok"));
  server.listen(0, "localhost", () => process.send?.({}));
});
