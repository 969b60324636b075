import { AppError } from "../errors.ts";

/**
 * Makes sure that a signature by RFC 9421 on a POST covers what is asked, where,
 * and with which body: the standard leaves that to applications (§3.2), and who
 * verifies it finds a signature over nothing but the method right as well. Older
 * signatures have their fixed set, and so does a request without any.
 *
 * @throws {AppError} `unauthorized` when a signature leaves one of them out.
 */
export function demandCovered(headers: Headers): void {
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
