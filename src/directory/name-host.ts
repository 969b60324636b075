import { AppError } from "../errors.ts";
import * as hosts from "../store/hosts.ts";
import type { Db } from "../store/schema.ts";
import type { Identity } from "./identity.ts";

/**
 * The origin of another node, as somebody has written it: `coops.example`,
 * `https://coops.example/`, or `coops.example:8443`.
 *
 * @throws {AppError} `bad-request` when that is no host, or this node itself.
 */
export async function originOf(db: Db, node: Identity, name: string): Promise<string> {
  const text = name.trim().toLowerCase();
  const known = await hosts.get(db, text);
  if (known !== undefined) return known.origin;
  // On loopback nodes speak http among themselves.
  const scheme = new URL(node.origin).protocol;
  const written = /^https?:\/\//.test(text) ? text : `${scheme}//${text}`;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  const plain = url !== undefined && `${url.origin}/` === url.href;
  if (!plain || (url.protocol !== "https:" && url.protocol !== scheme)) {
    throw new AppError(
      "bad-request",
      `“${name}” is not the host of a node: write it as coops.example or https://coops.example`,
    );
  }
  if (url.host === node.host) {
    throw new AppError("bad-request", `${url.host} is this node itself: name another one`);
  }
  return url.origin;
}
