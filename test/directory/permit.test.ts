import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Holder,
  mayAdminister,
  mayEdit,
  mayManagePeople,
  mayModerate,
  mayPublish,
} from "../../src/directory/permit.ts";

const coops = ["a", "b", "c"];
const role = fc.constantFrom("owner" as const, "editor" as const);
const holder: fc.Arbitrary<Holder> = fc
  .record({
    nodeRole: fc.constantFrom(null, "administrator" as const, "moderator" as const),
    disabled: fc.constantFrom(null, 1),
    roles: fc.dictionary(fc.constantFrom(...coops), role),
  })
  .map(({ nodeRole, disabled, roles }) => ({
    account: {
      id: "me",
      name: "me",
      displayName: null,
      email: null,
      passwordHash: null,
      created: 0,
      nodeRole,
      disabled,
    },
    roles: Object.entries(roles).map(([coop, each]) => ({
      account: "me",
      coop,
      role: each,
      since: 0,
    })),
  }));

test("rights are what the table of roles says, and end at the own co-op", () => {
  fc.assert(
    fc.property(holder, fc.constantFrom(...coops), (who, coop) => {
      const { nodeRole, disabled } = who.account;
      const own = who.roles.find((each) => each.coop === coop)?.role ?? "none";
      const part = disabled === null ? (nodeRole ?? own) : "disabled";
      const inCoop = disabled === null ? own : "disabled";
      const administers = part === "administrator";
      expect(mayAdminister(who)).toBe(administers);
      expect(mayModerate(who)).toBe(administers || part === "moderator");
      expect(mayEdit(who, coop)).toBe(administers || ["owner", "editor"].includes(inCoop));
      expect(mayPublish(who, coop)).toBe(mayEdit(who, coop));
      expect(mayManagePeople(who, coop)).toBe(administers || inCoop === "owner");
    }),
  );
});

test("a role of somebody else gives nothing", () => {
  const [who] = fc.sample(holder, 1);
  if (who === undefined) throw new Error("nobody");
  const stranger: Holder = {
    account: { ...who.account, nodeRole: null, disabled: null },
    roles: [{ account: "somebody-else", coop: "a", role: "owner", since: 0 }],
  };
  expect(mayEdit(stranger, "a")).toBe(false);
});
