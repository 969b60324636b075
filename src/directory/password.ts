import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { AppError } from "../errors.ts";

/** RFC 7914 with the parameters of OWASP's Password Storage Cheat Sheet: 32 MB, a quarter second. */
const cost = { N: 2 ** 15, r: 8, p: 3 };
const keyLength = 32;

/** So many at once: more would only take the threads away from everything else. */
const atOnce = 2;
/** So many may wait for their turn; those behind would wait longer than people do. */
const queueLength = 20;

/**
 * A password that may be set: 10 characters or more, and none that everybody
 * tries first. Length is what counts, so no other rule (NIST SP 800-63B).
 */
export const Password = z
  .string()
  .refine((text) => Array.from(text).length >= 10, "Use at least 10 characters.")
  .refine((text) => Buffer.byteLength(text) <= 200, "Use at most 200 bytes.")
  .refine(
    (text) => !obvious.test(text) && new Set(text.toLowerCase()).size > 3,
    "This is one of the passwords that everybody tries first. Take three or four words that have nothing to do with each other.",
  );

const obvious =
  /^\W*(pass(word|wort)|mot ?de ?passe|contrase[nñ]a|qwert[yz]|azerty|letmein|welcome|admin(istrator)?|fragaria|iloveyou|0?123456|9?87654)[\W\d_]*(uiop|123|word|password)?[\W\d_]*$/i;

/** Whether it is little more than the name of whom it is for: `bakery-2026`. */
export function isName(password: string, name: string): boolean {
  const bare = (text: string) => text.toLowerCase().replaceAll(/[^\p{L}]/gu, "");
  return bare(password) === bare(name) || password.toLowerCase() === name.toLowerCase();
}

/**
 * The password, if it may be that of this account.
 *
 * @throws {AppError} `bad-request` that says why not.
 */
export function demandPassword(password: string, name: string): string {
  if (isName(password, name)) throw new AppError("bad-request", "The password can’t be the name.");
  const read = Password.safeParse(password);
  if (read.success) return read.data;
  throw new AppError("bad-request", read.error.issues.map(({ message }) => message).join(" "));
}

/** What is kept of a password: `$scrypt$ln=15,r=8,p=3$salt$hash`, in base64 without padding. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, cost);
  return `$scrypt$ln=${Math.log2(cost.N)},r=${cost.r},p=${cost.p}$${base64(salt)}$${base64(hash)}`;
}

/**
 * Whether this is the password that was hashed. Takes as long when there is no
 * hash, so that the time doesn't tell whether there is such an account.
 *
 * @throws {AppError} `rate-limited` when too many wait for their answer.
 */
export async function verifyPassword(password: string, hashed: string | null): Promise<boolean> {
  const [, ln, r, p, salt = "", hash = ""] =
    /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(hashed ?? "") ?? [];
  const parameters = ln === undefined ? cost : { N: 2 ** Number(ln), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, "base64"), parameters);
  const expected = Buffer.from(hash, "base64");
  return expected.length === derived.length && timingSafeEqual(expected, derived);
}

function base64(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("=", "");
}

// The threads and the memory that this takes are the process's, so the bound is one for all.
let running = 0;
const waiting: (() => void)[] = [];

async function derive(password: string, salt: Buffer, { N, r, p }: typeof cost): Promise<Buffer> {
  if (running >= atOnce) {
    if (waiting.length >= queueLength) {
      throw new AppError(
        "rate-limited",
        "Too many people are signing in at this moment. Please try again in half a minute.",
      );
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    running += 1;
  }
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      // The same letters can be written in two ways; keyboards differ.
      const text = password.normalize("NFKC");
      scrypt(text, salt, keyLength, { N, r, p, maxmem: 256 * N * r }, (error, key) => {
        if (error === null) resolve(key);
        else reject(error);
      });
    });
  } finally {
    // The turn goes straight to the next one, so that nobody gets in between.
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}
