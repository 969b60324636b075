import {
  createActivityPubRequest,
  type DocumentLoader,
  FetchError,
  getRemoteDocument,
  preloadedContexts,
  validatePublicUrl,
} from "@fedify/fedify";
import { signRequest } from "@fedify/fedify/sig";
import { readBounded, userAgent } from "../outbound.ts";
import { excessOf } from "./document-bounds.ts";
import { linksIn } from "./page-links.ts";

type Remote = Awaited<ReturnType<DocumentLoader>>;

/** Bytes of a document; Mastodon reads as many. */
const most = 1_000_000;

/** How often it may lead on to another address, by redirects and by links to an alternate. */
const hops = 5;

/** Milliseconds for all of it. */
const patience = 20_000;

/** Characters of an address and of a `Link` header, and parts of an address: relative ones are resolved against it. */
const longest = { address: 2000, header: 2000, parts: 50 };

/** How long a document is taken for what is there, in milliseconds; how many are kept, and how large they may be. */
const kept = { long: 300_000, many: 200, bytes: 50_000 };

type Send = (request: Request, signal: AbortSignal) => Promise<Response>;

/** A document, and how many bytes it takes. */
interface Read {
  remote: Remote;
  size: number;
}

/**
 * What fetches actors, keys, contexts and objects for Fedify. Its own loaders
 * read whatever comes for as long as it comes, follow links to alternates
 * without end, look for them in pages in time that grows with the cube of their
 * length, and keep what they have read in the database, whoever has made them
 * fetch it.
 *
 * @param insecure Lets private addresses be: for nodes on loopback.
 * @returns Options of `createFederation`. The loaders throw a `FetchError`,
 *   whatever went wrong over there, and a `UrlError` for what may not be asked.
 */
export function documentLoaders({ origin, insecure }: { origin: string; insecure: boolean }) {
  const agent = userAgent(origin);
  const load = async (url: string, send: Send, given?: AbortSignal | null): Promise<Read> => {
    const late = AbortSignal.timeout(patience);
    const signal = given == null ? late : AbortSignal.any([late, given]);
    let size = 0;
    let left = hops;
    const from = async (address: string): Promise<Remote> => {
      if (address.length > longest.address || address.split("/").length > longest.parts) {
        throw new FetchError(address.slice(0, longest.address), "The address is too long");
      }
      if (!insecure) await validatePublicUrl(address);
      const request = createActivityPubRequest(address, { userAgent: agent });
      const response = await send(request, signal);
      const location = response.headers.get("location");
      if (response.status >= 300 && response.status < 400 && location !== null) {
        await response.body?.cancel();
        return further(new URL(location, address).href);
      }
      const bounded = await within(response);
      if (isPage(bounded.headers)) {
        const alternate = alternateIn(await bounded.text());
        if (alternate === undefined) throw new FetchError(url, "It is a page");
        return further(new URL(alternate, address).href);
      }
      size = Number(bounded.headers.get("content-length"));
      return getRemoteDocument(address.replace(/#.*/s, ""), bounded, further);
    };
    const further = (address: string): Promise<Remote> => {
      if ((left -= 1) < 0) throw new FetchError(url, "It leads on and on");
      return from(address);
    };
    try {
      const remote = await from(url);
      const excess = excessOf(remote.document);
      if (excess !== undefined) throw new FetchError(url, `It has too many ${excess}`);
      return { remote, size };
    } catch (error) {
      const { name, message } = error as Error;
      if (name === "FetchError" || name === "UrlError") throw error;
      throw new FetchError(url, message);
    }
  };

  const fresh = new Map<string, { remote: Remote; until: number }>();
  const plain: Send = (request, signal) => fetch(request, { redirect: "manual", signal });
  const shared: DocumentLoader = async (given, options) => {
    // Throws what Fedify takes for a reference that makes no sense.
    const url = new URL(given).href;
    if (Object.hasOwn(preloadedContexts, url)) {
      return { contextUrl: null, document: preloadedContexts[url], documentUrl: url };
    }
    const known = fresh.get(url);
    if (known !== undefined && known.until > Date.now()) return structuredClone(known.remote);
    fresh.delete(url);
    const { remote, size } = await load(url, plain, options?.signal);
    if (size <= kept.bytes) {
      fresh.set(url, { remote: structuredClone(remote), until: Date.now() + kept.long });
      // The one that was read longest ago.
      if (fresh.size > kept.many) fresh.delete(fresh.keys().next().value ?? "");
    }
    return remote;
  };
  return {
    documentLoaderFactory: () => shared,
    contextLoaderFactory: () => shared,
    authenticatedDocumentLoaderFactory:
      (identity: Identity): DocumentLoader =>
      async (url, options) =>
        (await load(new URL(url).href, signing(identity), options?.signal)).remote,
  };
}

interface Identity {
  keyId: URL;
  privateKey: CryptoKey;
}

/** Signs by the older draft first, as Mastodon does, and by RFC 9421 where that isn't taken. */
function signing({ keyId, privateKey }: Identity): Send {
  return async (request, signal) => {
    const signed = async (spec: "draft-cavage-http-signatures-12" | "rfc9421") =>
      fetch(await signRequest(request, privateKey, keyId, { spec }), {
        redirect: "manual",
        signal,
      });
    const response = await signed("draft-cavage-http-signatures-12");
    if (![400, 401, 403].includes(response.status)) return response;
    await response.body?.cancel();
    return signed("rfc9421");
  };
}

/** The same response, read as far as the bound; of a refusal nothing but that it is one. */
async function within(response: Response): Promise<Response> {
  const { status, headers } = response;
  if (!response.ok) {
    await response.body?.cancel();
    return new Response(null, { status });
  }
  const body = await readBounded(response, most);
  const named = ["content-type", "link"].flatMap((name): [string, string][] => {
    const value = headers.get(name);
    return value === null || value.length > longest.header ? [] : [[name, value]];
  });
  return new Response(Buffer.from(body), {
    headers: [...named, ["content-length", String(body.length)]],
  });
}

function isPage(headers: Headers): boolean {
  return /^(text\/html|application\/xhtml\+xml)\b/.test(headers.get("content-type") ?? "");
}

/** Where a page says that the same is for programs. */
function alternateIn(page: string): string | undefined {
  return linksIn(page).find(
    ({ rel, type = "" }) =>
      rel.includes("alternate") && /^application\/(activity\+json|ld\+json)\b/.test(type),
  )?.href;
}
