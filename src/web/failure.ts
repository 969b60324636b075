import { randomBytes } from "node:crypto";
import { getLogger } from "@logtape/logtape";
import { AppError, type Code } from "../errors.ts";
import { prefersJson } from "./accept.ts";
import { type Frame, respond } from "./layout.ts";
import { errorPage } from "./pages/error.ts";
import { InvalidRequest } from "./parameters.ts";

const logger = getLogger(["fragaria", "web"]);

/** The one table from kinds of failure to statuses of HTTP, with what each is called. */
const statuses: Record<Code, readonly [status: number, title: string]> = {
  "bad-request": [400, "The request can’t be understood"],
  unauthorized: [401, "Please sign in"],
  forbidden: [403, "This isn’t allowed"],
  "not-found": [404, "Nothing is here"],
  gone: [410, "This is gone"],
  conflict: [409, "This contradicts what is there"],
  "too-large": [413, "This is too large"],
  "rate-limited": [429, "Too many requests"],
  unavailable: [503, "This isn’t available at the moment"],
  "bad-config": [500, "Something is wrong with this node"],
  store: [500, "Something is wrong with this node"],
  internal: [500, "Something is wrong with this node"],
};

/** Paths that answer programs: an error there is always JSON. */
const programs = /^\/(api|dir|\.well-known|nodeinfo|health|inbox)(\/|$)|\/(inbox|outbox|listing)$/;

/**
 * Answers a failure: as problem details (RFC 9457) where programs ask, else as
 * a page. What nobody foresaw is logged under an id, and only the id is told.
 */
export async function failure(frame: Frame, request: Request, error: unknown): Promise<Response> {
  const known = error instanceof AppError ? error : undefined;
  const [status, title] = statuses[known?.code ?? "internal"];
  const { pathname } = new URL(request.url);
  const path = withoutSecret(pathname);
  let detail = known?.message;
  if (status >= 500 && status !== 503) {
    const id = randomBytes(6).toString("hex");
    const { method } = request;
    logger.error("{id}: {method} {path} failed: {error}", { id, method, path, error });
    detail = `The node has logged what happened as ${id}; please name it if you report this.`;
  } else if (status === 503) {
    logger.warn("{path} is unavailable: {error}", { path, error });
  }
  const faults = known instanceof InvalidRequest ? known.faults : undefined;
  if (programs.test(pathname) || prefersJson(request.headers.get("accept"))) {
    const response = problem(status, title, detail, faults);
    if (known?.retryAfter !== undefined) {
      response.headers.set("retry-after", String(known.retryAfter));
    }
    return response;
  }
  return respond(
    frame,
    errorPage({ status, title, detail: detail ?? "", faults: faults ?? [] }),
    status,
  );
}

/** The path as logs may keep it: a link that failed is still good, and its address is all that it takes. */
function withoutSecret(pathname: string): string {
  return pathname.replace(/^(\/admin\/links|\/yes|\/requests)\/[^/]+/, "$1/…");
}

function problem(status: number, title: string, detail?: string, errors?: unknown): Response {
  return Response.json(
    { type: "about:blank", title, status, detail, errors },
    {
      status,
      headers: {
        "content-type": "application/problem+json",
        "access-control-allow-origin": "*",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        vary: "Accept",
      },
    },
  );
}
