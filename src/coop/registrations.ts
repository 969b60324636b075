/** How one register writes its numbers. Only what its own rules say is here. */
interface Register {
  /** The code that the keys of this register begin with: several codes may name one register. */
  scheme: string;
  /** What a number looks like, for people. */
  form: string;
  /**
   * The number as the register itself writes it.
   *
   * @param text Capital letters and digits only.
   * @returns Undefined for what can't be one of its numbers.
   */
  normal(text: string): string | undefined;
}

const companiesHouse: Register = {
  scheme: "GB-COH",
  form: "8 characters, such as 07444723 or SC399880",
  normal(text) {
    // Companies House fills up with zeros; older societies end in a letter: IP27777R.
    const [, prefix = "", digits = ""] = /^(|R|[A-Z]{2})(\d{3,})$/.exec(text) ?? [];
    if (digits !== "") return filled(prefix, digits, 8);
    return /^[A-Z]{2}\d{5}[A-Z]$/.test(text) ? text : undefined;
  },
};

const lei: Register = {
  scheme: "XI-LEI",
  form: "20 characters that ISO 17442 lets pass, such as 549300O897ZC5H7CY412",
  normal: (text) => (/^[A-Z0-9]{18}\d\d$/.test(text) && isMod97(text) ? text : undefined),
};

/** A SIRET is the SIREN of a business and a number for one of its places: one organisation. */
const sirene: Register = {
  scheme: "FR-RCS",
  form: "a SIREN of 9 digits, or a SIRET of 14, such as 732 829 320",
  normal(text) {
    const siren = text.slice(0, 9);
    return /^(\d{9}|\d{14})$/.test(text) && isLuhn(siren) ? siren : undefined;
  },
};

/** Of organisations only: the sixteen characters of a person's code are no registration. */
const codiceFiscale: Register = {
  scheme: "IT-CF",
  form: "a codice fiscale of 11 digits, such as 80078410588",
  normal(text) {
    const [digits] = /^\d{9,11}$/.exec(without("IT", text)) ?? [];
    // Spreadsheets lose the zeros in front.
    const number = filled("", digits ?? "", 11);
    return digits !== undefined && number !== undefined && isLuhn(number) ? number : undefined;
  },
};

const rea: Register = {
  scheme: "IT-REA",
  form: "a province and a number, such as MI-1234567",
  normal(text) {
    const [, province, digits = ""] = /^([A-Z]{2})0*([1-9]\d{0,6})$/.exec(text) ?? [];
    return province === undefined ? undefined : `${province}${digits}`;
  },
};

/** Numbers that begin with 22 are persons'. */
const quebec: Register = {
  scheme: "CA-QC-CR",
  form: "a NEQ of 10 digits that begin with 11, 33 or 88",
  normal: (text) => (/^(11|33|88)\d{8}$/.test(text) ? text : undefined),
};

/** Of organisations only: K, L, M, X, Y, Z and a digit are the first of persons' numbers. */
const nif: Register = {
  scheme: "ES-NIF",
  form: "a letter, 7 digits and a control character, such as F02766913",
  normal(text) {
    const number = text.length === 11 ? without("ES", text) : text;
    const [, digits = "", control = ""] =
      /^[ABCDEFGHJNPQRSUVW](\d{7})([0-9A-J])$/.exec(number) ?? [];
    const expected = luhnDigit(digits);
    const fits = control === String(expected) || control === "JABCDEFGHI"[expected];
    return digits !== "" && fits ? number : undefined;
  },
};

/** Of organisations only: 1, 2, 3 and 4 are the first of persons' numbers. */
const nipc: Register = {
  scheme: "PT-NIPC",
  form: "9 digits that begin with 5 to 9, such as 500 000 000",
  normal(text) {
    const number = without("PT", text);
    if (!/^[5-9]\d{8}$/.test(number)) return undefined;
    const rest = weighted(number, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    return Number(number[8]) === (rest < 2 ? 0 : 11 - rest) ? number : undefined;
  },
};

const krs: Register = {
  scheme: "PL-KRS",
  form: "10 digits, such as 0000028860",
  normal: (text) => (/^\d{4,}$/.test(text) ? filled("", text, 10) : undefined),
};

const nip: Register = {
  scheme: "PL-NIP",
  form: "10 digits with a control digit, such as 526-10-40-828",
  normal(text) {
    const number = without("PL", text);
    if (!/^\d{10}$/.test(number)) return undefined;
    const rest = weighted(number, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11;
    return rest === Number(number[9]) ? number : undefined;
  },
};

/** The first 9 of 14 digits are the organisation's, the others name one of its places. */
const regon: Register = {
  scheme: "PL-REGON",
  form: "9 or 14 digits with a control digit",
  normal(text) {
    if (!/^(\d{9}|\d{14})$/.test(text)) return undefined;
    const rest = weighted(text, [8, 9, 2, 3, 4, 5, 6, 7]) % 11;
    return rest % 10 === Number(text[8]) ? text.slice(0, 9) : undefined;
  },
};

/** What comes after the first 8 digits says how it is taxed and where, and may change. */
const adoszam: Register = {
  scheme: "HU-AFA",
  form: "a tax number, such as 12345676-2-41",
  normal(text) {
    const number = without("HU", text);
    if (!/^(\d{8}|\d{11})$/.test(number)) return undefined;
    return weighted(number, [9, 7, 3, 1, 9, 7, 3, 1]) % 10 === 0 ? number.slice(0, 8) : undefined;
  },
};

const cegjegyzek: Register = {
  scheme: "HU-CR",
  form: "10 digits, such as 01-02-012345",
  normal: (text) => (/^(0[1-9]|1\d|20)\d{8}$/.test(text) ? text : undefined),
};

const belgium: Register = {
  scheme: "BE-BCE_KBO",
  form: "10 digits with two control digits, such as 0403.199.702",
  normal(text) {
    const number = filled("", without("BE", text), 10);
    if (number === undefined || !/^[01]\d{9}$/.test(number)) return undefined;
    return 97 - (Number(number.slice(0, 8)) % 97) === Number(number.slice(8)) ? number : undefined;
  },
};

const ein: Register = {
  scheme: "US-EIN",
  form: "9 digits, such as 12-3456789",
  normal: (text) => (/^(?!00)\d{9}$/.test(text) ? text : undefined),
};

/** A register that counts on: its numbers are numbers, with no zeros before them. */
function counting(scheme: string, most: number): Register {
  return {
    scheme,
    form: `a number of at most ${most} digits`,
    normal(text) {
      const [, digits = ""] = /^0*(\d+)$/.exec(text) ?? [];
      return digits !== "" && digits !== "0" && digits.length <= most ? digits : undefined;
    },
  };
}

const registers: Readonly<Record<string, Register>> = {
  "GB-COH": companiesHouse,
  "XI-LEI": lei,
  "FR-RCS": sirene,
  "FR-INSEE": sirene,
  "FR-SIREN": sirene,
  "FR-SIRET": sirene,
  "IT-CF": codiceFiscale,
  // The business register goes by the codice fiscale (org-id.guide).
  "IT-RI": codiceFiscale,
  "IT-REA": rea,
  "CA-QC-CR": quebec,
  "ES-NIF": nif,
  "PT-NIPC": nipc,
  "PT-NIPPC": nipc,
  "PL-KRS": krs,
  "PL-NIP": nip,
  "PL-REGON": regon,
  "HU-AFA": adoszam,
  "HU-CR": cegjegyzek,
  "BE-BCE_KBO": belgium,
  "US-EIN": ein,
  // In no list of org-id.guide: codes that ISO 3166 leaves to users.
  "ZZ-NCUA": counting("ZZ-NCUA", 5),
  "ZZ-EIA": counting("ZZ-EIA", 6),
};

/** The registers whose rules are known here. */
export const knownRegisters: readonly string[] = Object.keys(registers);

/**
 * The key of an entry in a register: two listings with one key are of the same
 * organisation. It errs on the side of telling apart: what isn't a number of
 * its register, or looks like a placeholder, has no key. Of a register whose
 * rules aren't known here, only case and white space are evened out.
 *
 * @param propertyID A list code of org-id.guide, such as `GB-COH`, or a code of
 *   users', such as `ZZ-CUK`.
 * @returns `GB-COH:SC399880`, or undefined when it identifies nothing.
 */
export function registrationKey(propertyID: string, value: string): string | undefined {
  const code = propertyID.toUpperCase();
  const text = bare(code, value);
  if (isPlaceholder(text)) return undefined;
  const register = registerOf(code);
  if (register === undefined) {
    return text.replace(/[^A-Z0-9]/g, "").length < shortest ? undefined : `${code}:${text}`;
  }
  const number = register.normal(text.replace(/[^A-Z0-9]/g, ""));
  return number === undefined || isPlaceholder(number) ? undefined : `${register.scheme}:${number}`;
}

/**
 * What is wrong with an entry in a register, for whoever writes it. No reason
 * to refuse a listing: the register may know better.
 *
 * @returns A sentence, or undefined when nothing is.
 */
export function registrationFault(propertyID: string, value: string): string | undefined {
  if (registrationKey(propertyID, value) !== undefined) return undefined;
  const form = registerOf(propertyID.toUpperCase())?.form;
  return form === undefined
    ? `“${value}” doesn’t look like a number of ${propertyID}, so it doesn’t tell which organisation this is.`
    : `“${value}” is not a number of ${propertyID}: that is ${form}.`;
}

/** Letters and digits that a number of an unknown register has at the least. */
const shortest = 3;

function registerOf(code: string): Register | undefined {
  return Object.hasOwn(registers, code) ? registers[code] : undefined;
}

/** Capitals, without white space, with plain hyphens, and without the code before it. */
function bare(code: string, value: string): string {
  const text = value
    .normalize("NFKC")
    .toUpperCase()
    .replace(/\s+/gu, "")
    .replace(/[\u2010-\u2015\u2212]/gu, "-");
  return [`${code}-`, `${code}:`].some((prefix) => text.startsWith(prefix))
    ? text.slice(code.length + 1)
    : text;
}

/** No digit but zeros (`n/a`, `000000`), one digit over and over, or counting up from one. */
function isPlaceholder(text: string): boolean {
  const digits = text.replace(/\D/g, "").replace(/^0+/, "");
  if (digits === "") return true;
  const signs = text.replace(/[^A-Z0-9]/g, "").replace(/^0+/, "");
  return signs === digits && (/^(\d)\1{5,}$/.test(digits) || /^1234567(8(90?)?)?$/.test(digits));
}

/** The digits behind as many zeros as make the whole so long; undefined when it is longer. */
function filled(prefix: string, digits: string, length: number): string | undefined {
  if (prefix.length + digits.length > length) return undefined;
  return prefix + digits.padStart(length - prefix.length, "0");
}

/** Numbers for taxes on trade across borders begin with the country. */
function without(country: string, text: string): string {
  return text.startsWith(country) ? text.slice(country.length) : text;
}

function weighted(digits: string, weights: number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0);
}

/** The digit that ISO/IEC 7812-1 (Luhn) puts behind these. */
function luhnDigit(digits: string): number {
  const sum = Array.from(digits)
    .toReversed()
    .reduce((total, digit, at) => {
      const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return (10 - (sum % 10)) % 10;
}

function isLuhn(digits: string): boolean {
  return luhnDigit(digits.slice(0, -1)) === Number(digits.at(-1));
}

/** ISO 7064 MOD 97-10, letters as the numbers from 10 on. */
function isMod97(text: string): boolean {
  let rest = 0;
  for (const sign of text) {
    const value = Number.parseInt(sign, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
