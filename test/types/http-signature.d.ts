declare module "@peertube/http-signature" {
  import type { ClientRequest } from "node:http";

  /** What is read of a signature (draft-cavage-http-signatures). */
  interface Parsed {
    params: { keyId: string; headers: string[] };
  }

  export function parseRequest(request: {
    method: string;
    url: string;
    headers: Record<string, string>;
  }): Parsed;
  export function verifySignature(parsed: Parsed, publicKeyPem: string): boolean;
  export function sign(
    request: ClientRequest,
    options: {
      key: string;
      keyId: string;
      algorithm: string;
      /** Which header it stands in; usually `Authorization`, which is what Joyent used. */
      authorizationHeaderName: string;
      headers: string[];
    },
  ): boolean;
}
