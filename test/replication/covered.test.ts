import { describe, expect, it } from "vitest";
import { demandCovered, demandReadable } from "../../src/replication/covered.ts";

const signed = (input: string) => () => {
  demandCovered(new Headers({ "signature-input": input }));
};
const usual =
  '("@method" "@target-uri" "content-digest");created=1;keyid="https://a.example/actor#k"';

describe("a signature by RFC 9421", () => {
  it.each([
    `sig=${usual}`,
    'sig1=("@method" "@authority" "@path" "content-digest" "date");alg="rsa-v1_5-sha256"',
    `a=${usual}, b=${usual}`,
  ])("may cover more than it has to: %s", (input) => {
    expect(signed(input)).not.toThrow();
  });

  it.each([
    'sig=("@method");keyid="content-digest"',
    'sig=("@method" "@target-uri")',
    'sig=("@method" "@authority" "content-digest")',
    'sig=("@target-uri" "content-digest")',
    'sig=("@method" "@target-uri" "x-content-digest")',
    `a=${usual}, b=("@method")`,
    "sig=();created=1",
    "nonsense",
  ])("is not enough as %s", (input) => {
    expect(signed(input)).toThrow(/has to cover/);
  });

  it("is asked for by nobody who has another one, or none", () => {
    expect(() => demandCovered(new Headers({ signature: 'keyId="x"' }))).not.toThrow();
  });
});

describe("a signature", () => {
  const readable = (headers: Record<string, string>) => () => {
    demandReadable(new Headers({ signature: "x", ...headers }));
  };

  it.each<Record<string, string>>([
    {},
    { signature: 'keyId="x",headers="date",signature="AA/+BB=="' },
    { date: "Sun, 22 Nov 2026 18:00:00 GMT" },
    { "signature-input": `sig=${usual}` },
    { "signature-input": `a=${usual}, b=${usual}`, date: "whenever" },
  ])("can be verified: %o", (headers) => {
    expect(readable(headers)).not.toThrow();
  });

  it.each<Record<string, string>>([
    { date: "yesterday" },
    { date: "" },
    { date: "Thu, 32 Foo 2026 99:99:99 GMT" },
    { "signature-input": 'sig=("date");created=999999999999999;keyid="x"' },
    { "signature-input": 'sig=("date");created=1.0005;keyid="x"' },
    { "signature-input": 'sig=("date");created="1";keyid="x"' },
    { signature: 'keyId="x",signature="AA&A"' },
  ])("is refused as it makes no sense: %o", (headers) => {
    expect(readable(headers)).toThrow(/date|base64/);
  });
});
