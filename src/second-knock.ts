import type { Dispatcher } from "undici";

/** The answers that may be about how a request was signed: a server that knows one way only says so. */
const aboutSignature: ReadonlySet<number> = new Set([400, 401, 403]);

/** Deliveries that are remembered at most; each is forgotten as soon as it is sent again. */
const mostRemembered = 1000;

type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler["onResponseStart"]>>[2];

/**
 * Answers the second try of a delivery with what the first was answered, unless that
 * may have been about its signature.
 *
 * Fedify signs a delivery anew, by RFC 9421, after whatever error: also when a server
 * is away, or has too much to do. One that is there again just then, and doesn't know
 * that standard, takes it with 202 and throws it away (snac2, Friendica): then it is
 * lost, where it would have been sent again later.
 *
 * Behind whatever makes the headers of a request a record.
 */
export function secondKnock(): Dispatcher.DispatcherComposeInterceptor {
  const refused = new Map<string, { status: number; headers: Headers }>();
  return (dispatch) => (options, handler) => {
    const { first, second } = knocks(options);
    const answered = second === undefined ? undefined : refused.get(second);
    if (second !== undefined && answered !== undefined) {
      refused.delete(second);
      queueMicrotask(() => answer(handler, answered.status, answered.headers));
      return true;
    }
    if (first === undefined) return dispatch(options, handler);
    refused.delete(first);
    return dispatch(options, {
      onRequestStart: (...said) => handler.onRequestStart?.(...said),
      onRequestUpgrade: (...said) => handler.onRequestUpgrade?.(...said),
      onResponseStart(controller, status, headers, message) {
        if (status >= 400 && !aboutSignature.has(status)) {
          refused.set(first, { status, headers: { ...headers } });
          const [oldest] = refused.keys();
          if (refused.size > mostRemembered && oldest !== undefined) refused.delete(oldest);
        }
        handler.onResponseStart?.(controller, status, headers, message);
      },
      onResponseData: (...said) => handler.onResponseData?.(...said),
      onResponseEnd: (...said) => handler.onResponseEnd?.(...said),
      onResponseError: (...said) => handler.onResponseError?.(...said),
    });
  };
}

/** To what a delivery goes, and the digest of it: as it is signed at first, or the second time. */
function knocks(options: Dispatcher.DispatchOptions): { first?: string; second?: string } {
  const { method, origin, path, headers } = options;
  if (method !== "POST") return {};
  const given = new Map(
    Object.entries(headers as Record<string, string>).map(([name, value]) => {
      return [name.toLowerCase(), value];
    }),
  );
  const named = (digest: string) => `${String(origin)}${path} ${digest}`;
  const [, first] = /^SHA-256=([^,]+)$/i.exec(given.get("digest") ?? "") ?? [];
  const [, second] = /^sha-256=:([^,]+):$/i.exec(given.get("content-digest") ?? "") ?? [];
  if (second !== undefined) return { second: named(second) };
  return first === undefined ? {} : { first: named(first) };
}

/** Answers without asking anybody, and with nothing to read. */
function answer(handler: Dispatcher.DispatchHandler, status: number, headers: Headers): void {
  const aborted: Error[] = [];
  const controller: Dispatcher.DispatchController = {
    get aborted() {
      return aborted.length > 0;
    },
    get reason() {
      return aborted[0] ?? null;
    },
    paused: false,
    abort: (reason) => void aborted.push(reason),
    pause: () => {},
    resume: () => {},
  };
  handler.onRequestStart?.(controller, {});
  if (controller.reason !== null) {
    handler.onResponseError?.(controller, controller.reason);
    return;
  }
  const { "content-length": _length, "content-encoding": _encoding, ...kept } = headers;
  handler.onResponseStart?.(controller, status, kept, "");
  handler.onResponseEnd?.(controller, {});
}
