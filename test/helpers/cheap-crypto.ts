/**
 * Set-up of every test file: makes cheap in tests what is dear on purpose, the
 * hash of a password and the search for RSA primes. The programs that tests
 * start, and so production, know nothing of it.
 */
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";

type Scrypt = typeof crypto.scrypt;
type Generate = (type: string, options?: object) => unknown;

/** More than a test has nodes, so that each has a key of its own. */
const pairs = 12;

/** `scrypt` at a hundredth of the cost where it is asked to be dear. */
function cheapScrypt(scrypt: Scrypt): Scrypt {
  const cheap = (...[password, salt, length, options, done]: Parameters<Scrypt>) => {
    const dear = (options.N ?? 0) > 4096;
    scrypt(password, salt, length, dear ? { ...options, N: 1024, p: 1 } : options, done);
  };
  return cheap as Scrypt;
}

/** Real RSA keys, but the same few in turns. */
function recurringKeys(generate: Generate): Generate {
  const made: unknown[] = [];
  let asked = 0;
  return (type, options) => {
    if (type !== "rsa") return generate(type, options);
    const at = asked++ % pairs;
    return (made[at] ??= generate(type, options));
  };
}

// The set-up runs for each file, in a process that has many.
const done = Symbol.for("fragaria: cheap crypto");
if (!Reflect.has(crypto, done)) {
  Object.assign(crypto, {
    [done]: true,
    scrypt: cheapScrypt(crypto.scrypt),
    generateKeyPairSync: recurringKeys(crypto.generateKeyPairSync as Generate),
  });
  syncBuiltinESMExports();
}
