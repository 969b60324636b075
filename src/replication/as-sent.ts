import type { Identity } from "../directory/identity.ts";

type Place = Pick<Identity, "origin" | "host" | "former">;

/**
 * A request as its sender wrote it, for checking what was signed. Behind a TLS
 * proxy it says http, and the proxy may have put a name of its own into `Host`.
 * So what counts is an address of this node: what was signed for another server
 * is good for nothing here, whatever `Host` it is sent on with.
 */
export function asSent(node: Place, request: Request, body: BodyInit | null): Request {
  const { pathname, search } = new URL(request.url);
  const headers = new Headers(request.headers);
  if (!isOwnHost(node, headers.get("host"))) headers.set("host", node.host);
  const { method } = request;
  return new Request(new URL(pathname + search, node.origin), { method, headers, body });
}

/** Whether a `Host` is that of the node, or of an address that it had before. */
export function isOwnHost({ origin, host, former }: Place, given: string | null): boolean {
  const { protocol } = new URL(origin);
  const named = URL.parse(`${protocol}//${given}`)?.host;
  return named === host || former.some((self) => self.host === named);
}
