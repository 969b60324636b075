import { AppError } from "../errors.ts";

/**
 * Makes sure that what a signature consists of is what it should be: what
 * verifies it trips over dates that are none, and over bytes that aren't base64.
 *
 * @throws {AppError} `unauthorized` when something isn't.
 */
export function demandReadable(headers: Headers): void {
  const signature = headers.get("signature");
  if (signature === null) return;
  const date = headers.get("date");
  const input = headers.get("signature-input");
  // In seconds, RFC 9421 (2.3).
  const created = [...(input ?? "").matchAll(/\bcreated=([^;,\s]*)/g)];
  const isDated =
    input === null
      ? date === null || !Number.isNaN(Date.parse(date))
      : created.every(([, seconds = ""]) => /^\d{1,11}$/.test(seconds));
  if (!isDated) {
    throw new AppError("unauthorized", "The signature depends on a date that is none.");
  }
  const bytes = [...signature.matchAll(/\bsignature="([^"]*)"/gi)];
  if (!bytes.every(([, base64 = ""]) => /^[A-Za-z0-9+/]*={0,2}$/.test(base64))) {
    throw new AppError("unauthorized", "The signature isn’t written in base64.");
  }
}

/**
 * Makes sure that a signature by RFC 9421 on a POST covers what is asked, where,
 * and with which body: the standard leaves that to applications (§3.2), and who
 * verifies it finds a signature over nothing but the method right as well. Older
 * signatures have their fixed set, and so does a request without any.
 *
 * @throws {AppError} `unauthorized` when a signature leaves one of them out, or
 *   makes no sense.
 */
export function demandCovered(headers: Headers): void {
  demandReadable(headers);
  const input = headers.get("signature-input");
  if (input === null) return;
  const lists = [...input.slice(0, 8192).matchAll(/=\s*\(([^()]*)\)/g)];
  const whole = lists.every(([, list = ""]) => {
    const covered = new Set([...list.matchAll(/"([^"]*)"/g)].map(([, name]) => name));
    const where = covered.has("@target-uri") || (covered.has("@authority") && covered.has("@path"));
    return where && covered.has("@method") && covered.has("content-digest");
  });
  if (lists.length > 0 && whole) return;
  throw new AppError(
    "unauthorized",
    "The signature has to cover @method, @target-uri (or @authority and @path) and content-digest.",
  );
}
