/**
 * NAICS 2022 by its first digits, as ISIC Rev.4 sections and divisions: where
 * they agree. Sectors are in the order of NAICS; a longer prefix goes first.
 * Own work, from the titles of both.
 */
const table: Record<string, string> = {
  "11": "A",
  "111": "01",
  "112": "01",
  "113": "02",
  "114": "03",
  "21": "B",
  // Utilities lie across D and E, so their groups are given, not the sector.
  "2211": "351",
  "2212": "352",
  "22131": "36",
  "22132": "37",
  "22133": "353",
  "23": "F",
  "31": "C",
  "32": "C",
  "33": "C",
  "42": "46",
  "44": "G",
  "45": "G",
  "441": "45",
  "445": "47",
  "48": "H",
  "49": "H",
  "491": "53",
  "492": "53",
  "493": "52",
  "51": "J",
  "512": "59",
  "52": "K",
  // Credit unions.
  "52213": "6419",
  "524": "65",
  "53": "L",
  // Renting things other than buildings, and rights.
  "532": "77",
  "533": "774",
  "54": "M",
  "5415": "62",
  "55": "M",
  "561": "N",
  "562": "38",
  "61": "P",
  "62": "Q",
  "621": "86",
  "622": "86",
  "623": "87",
  "624": "88",
  // Child day care is social work without accommodation in ISIC.
  "6244": "88",
  "71": "R",
  "72": "I",
  "721": "55",
  "722": "56",
  "81": "S",
  // Repair of motor vehicles is trade in ISIC.
  "8111": "45",
  "813": "94",
  "814": "T",
  "92": "O",
};

/**
 * The ISIC Rev.4 sector for a NAICS code, as exact as the titles of both
 * allow: mostly a section.
 *
 * @returns With its scheme, or undefined.
 */
export function sectorOfNaics(digits: string): string | undefined {
  const plain = digits.trim();
  if (!/^\d{2,6}$/.test(plain)) return undefined;
  for (let length = plain.length; length >= 2; length -= 1) {
    const code = table[plain.slice(0, length)];
    if (code !== undefined) return `isic4:${code}`;
  }
  return undefined;
}
