import { execFileSync } from "node:child_process";
import { scryptSync } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hashPassword, isName, Password, verifyPassword } from "../../src/directory/password.ts";

test("a password is kept as a salted scrypt hash with its parameters", async () => {
  const [one, two] = await Promise.all([
    hashPassword("barley hinge comet"),
    hashPassword("barley hinge comet"),
  ]);
  expect(one).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(one).not.toBe(two);
  expect(await verifyPassword("barley hinge comet", one)).toBe(true);
  expect(await verifyPassword("barley hinge comet ", one)).toBe(false);
  expect(await verifyPassword("barley hinge comet", null)).toBe(false);
  expect(await verifyPassword("barley hinge comet", "")).toBe(false);
});

test("the hash of a running node costs what it says", () => {
  // In a program of its own, where nothing is cheaper than it should be.
  const module = join(import.meta.dirname, "../../src/directory/password.ts");
  const program = `import { hashPassword } from ${JSON.stringify(module)};
    process.stdout.write(await hashPassword("barley hinge comet"));`;
  const kept = execFileSync(process.execPath, ["--input-type=module", "-e", program]).toString();
  const [, salt = "", hash = ""] = /^\$scrypt\$ln=15,r=8,p=3\$(.+)\$(.+)$/.exec(kept) ?? [];
  const options = { N: 2 ** 15, r: 8, p: 3, maxmem: 2 ** 26 };
  const derived = scryptSync("barley hinge comet", Buffer.from(salt, "base64"), 32, options);
  expect(derived.toString("base64").replaceAll("=", "")).toBe(hash);
});

test("it is verified with the parameters of its hash, so that they can be raised", async () => {
  const salt = Buffer.alloc(16, 7);
  const hash = scryptSync("sesame", salt, 32, { N: 1024, r: 4, p: 2 });
  const kept = `$scrypt$ln=10,r=4,p=2$${salt.toString("base64")}$${hash.toString("base64")}`;
  expect(await verifyPassword("sesame", kept)).toBe(true);
  expect(await verifyPassword("sesam", kept)).toBe(false);
});

test("letters that can be written in two ways are the same", async () => {
  const composed = "caf\u00e9 caf\u00e9 caf\u00e9";
  const hash = await hashPassword(composed);
  expect(await verifyPassword(composed.normalize("NFD"), hash)).toBe(true);
});

test("of many at once two are worked on, and who would wait for too long is told so", async () => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 30 }, () =>
      verifyPassword("x", `$scrypt$ln=10,r=8,p=1$${"A".repeat(22)}$${"A".repeat(43)}`),
    ),
  );
  const refused = outcomes.filter((each) => each.status === "rejected");
  expect(refused).toHaveLength(8);
  expect(refused[0]?.reason).toMatchObject({ code: "rate-limited" });
  // And afterwards all is as before.
  expect(await verifyPassword("x", null)).toBe(false);
});

test.each([
  ["barley hinge comet", true],
  ["correcthorsebatterystaple", true],
  ["пароль из слов", true],
  ["ninechars", false],
  ["🍓🍓🍓🍓🍓🍓🍓🍓🍓🍓", false],
  ["x".repeat(201), false],
  ["Password123!", false],
  ["motdepasse1", false],
  ["qwertyuiop", false],
  ["0123456789", false],
  ["administrator", false],
  ["fragaria2026", false],
])("%j can be a password: %s", (text, good) => {
  expect(Password.safeParse(text).success).toBe(good);
});

test.each([
  ["bakery-2026", "bakery", true],
  ["BAKERY.GARE", "bakery.gare", true],
  ["bakery in the station", "bakery", false],
])("%j is the name %j: %s", (password, name, same) => {
  expect(isName(password, name)).toBe(same);
});
