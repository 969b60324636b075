import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { registrationFault, registrationKey } from "../../src/coop/registrations.ts";

describe("the key of a registration", () => {
  test.each([
    // Numbers of well-known bodies, and the same as people and spreadsheets write them.
    ["GB-COH", "SC399880", ["sc 399880", "SC-399880", "GB-COH-SC399880", "gb-coh:sc399880"]],
    ["GB-COH", "07444723", ["7444723", " 07444723 ", "07 444 723", "０７４４４７２３"]],
    ["GB-COH", "IP27777R", ["ip27777r", "IP 27777 R"]],
    ["GB-COH", "SC001234", ["SC1234"]],
    ["XI-LEI", "549300O897ZC5H7CY412", ["5493 00O8 97ZC 5H7C Y412", "549300o897zc5h7cy412"]],
    ["PL-KRS", "0000028860", ["28860", "0000 028 860"]],
    ["PL-NIP", "5261040828", ["526-10-40-828", "PL 5261040828"]],
    ["PL-REGON", "000331501", ["000331501-00023"]],
    ["HU-AFA", "10773381", ["10773381-2-44", "HU10773381", "10773381-1-02"]],
    ["HU-CR", "0109123456", ["01-09-123456", "01 09 123456"]],
    ["BE-BCE_KBO", "0403199702", ["0403.199.702", "BE 0403 199 702", "403199702"]],
    ["ES-NIF", "G02766913", ["G-02766913", "ESG02766913", "g 02.766.913"]],
    ["CA-QC-CR", "1142345679", ["11 4234 5679"]],
    ["US-EIN", "530196605", ["53-0196605", "53 0196605", "53‑0196605"]],
    ["ZZ-NCUA", "5536", ["05536", "5 536"]],
    ["ZZ-CUK", "R007634", ["r007634", "ZZ-CUK-R007634"]],
    ["GB-MPR", "IP031455", ["ip 031455"]],
  ])("%s:%s is one, however it is written", (scheme, number, writings) => {
    for (const written of [number, ...writings]) {
      expect(registrationKey(scheme, written), written).toBe(`${scheme}:${number}`);
    }
  });

  test("is one for the codes under which one register goes", () => {
    expect(registrationKey("FR-INSEE", "799 640 131 00014")).toBe("FR-RCS:799640131");
    expect(registrationKey("FR-RCS", "799640131")).toBe("FR-RCS:799640131");
    expect(registrationKey("IT-RI", "IT80078410588")).toBe("IT-CF:80078410588");
    expect(registrationKey("IT-CF", "488410010")).toBe("IT-CF:00488410010");
    expect(registrationKey("IT-REA", "mi - 0123456")).toBe("IT-REA:MI123456");
    expect(registrationKey("PT-NIPPC", "PT 500 960 046")).toBe("PT-NIPC:500960046");
  });

  test("is lacking where a control digit says that somebody mistyped", () => {
    for (const [scheme, number] of [
      ["XI-LEI", "549300O897ZC5H7CY412"],
      ["FR-RCS", "732829320"],
      ["IT-CF", "80078410588"],
      ["ES-NIF", "G02766913"],
      ["PT-NIPC", "500960046"],
      ["PL-NIP", "5261040828"],
      ["PL-REGON", "000331501"],
      ["HU-AFA", "10773381"],
      ["BE-BCE_KBO", "0403199702"],
    ] as const) {
      expect(registrationKey(scheme, number), scheme).toBeDefined();
      const wrong = number.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));
      expect(registrationKey(scheme, wrong), wrong).toBeUndefined();
    }
  });

  test("is lacking for what is no number of the register, or a person’s", () => {
    for (const [scheme, value] of [
      ["GB-COH", "123456789"],
      ["GB-COH", "1"],
      ["XI-LEI", "5493"],
      ["FR-RCS", "Paris B 732829320"],
      ["IT-CF", "RSSMRA85T10A562S"],
      ["IT-CF", "18"],
      ["ES-NIF", "12345678Z"],
      ["ES-NIF", "X1234567L"],
      ["PT-NIPC", "123456789"],
      ["CA-QC-CR", "2242345679"],
      ["US-EIN", "00-1234567"],
      ["ZZ-NCUA", "1234567"],
      ["GB-MPR", "7"],
    ] as const) {
      expect(registrationKey(scheme, value), value).toBeUndefined();
    }
  });

  test("is lacking for placeholders", () => {
    for (const scheme of ["GB-COH", "GB-MPR", "ZZ-CUK", "PL-KRS", "FR-RCS", "US-EIN"]) {
      for (const value of [
        "0",
        "0000",
        "00000000",
        "000000000",
        "N/A",
        "n/a",
        "unknown",
        "TBC",
        "-",
        "—",
        "?",
        "none",
        "99999999",
        "111111111",
        "12345678",
        "123456789",
        "01234567",
        "XXXXXXXX",
        `${scheme}-00000000`,
      ]) {
        expect(registrationKey(scheme, value), `${scheme} ${value}`).toBeUndefined();
      }
    }
  });

  test("tells zeros and hyphens apart where it isn’t known that they don’t count", () => {
    const keys = ["0123-4", "123-4", "12-34", "1234"].map((value) =>
      registrationKey("ZZ-OTHER", value),
    );
    expect(new Set(keys).size).toBe(4);
    expect(registrationKey("ZZ-OTHER", "A123")).not.toBe(registrationKey("ZZ-ELSE", "A123"));
  });

  test("stays what it is when it is normalised again", () => {
    const schemes = ["GB-COH", "PL-KRS", "ZZ-NCUA", "GB-MPR", "ZZ-CUK", "IT-REA", "HU-CR"];
    const signs = fc.string({
      unit: fc.constantFrom(..."0123456789-/. SCIPr".split("")),
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.constantFrom(...schemes), signs, (scheme, value) => {
        const key = registrationKey(scheme, value);
        fc.pre(key !== undefined);
        expect(registrationKey(scheme, key?.slice(scheme.length + 1) ?? "")).toBe(key);
      }),
      { numRuns: 2000 },
    );
  });

  test("exists or doesn’t for whatever is written", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("GB-COH", "XI-LEI", "ES-NIF", "ZZ-X", "constructor"),
        fc.string({ unit: "binary", maxLength: 60 }),
        (scheme, value) => {
          const key = registrationKey(scheme, value);
          expect(registrationFault(scheme, value) === undefined).toBe(key !== undefined);
        },
      ),
    );
  });
});

test("a fault says what would be right", () => {
  expect(registrationFault("GB-COH", "123456789")).toBe(
    "“123456789” is not a number of GB-COH: that is 8 characters, such as 07444723 or SC399880.",
  );
  expect(registrationFault("ZZ-CUK", "unknown")).toContain("doesn’t tell which organisation");
  expect(registrationFault("ZZ-CUK", "R007634")).toBeUndefined();
});
