/**
 * Names under which countries and regions are looked for, beside those that
 * Intl and the lists of codes have: usual short forms, and the names of regions
 * in other languages than their own.
 */
export const regionWords: Readonly<Record<string, readonly string[]>> = {
  "iso3166-1:GB": [
    "UK",
    "Great Britain",
    "Britain",
    "Grande-Bretagne",
    "Gran Bretaña",
    "Inglaterra",
  ],
  "iso3166-1:US": [
    "USA",
    "United States of America",
    "America",
    "EE. UU.",
    "États-Unis d’Amérique",
  ],
  "iso3166-1:IE": ["Éire", "Republic of Ireland"],
  "iso3166-1:NL": ["Holland", "Hollande", "Holanda", "Olanda"],
  "iso3166-1:CZ": ["Czech Republic", "République tchèque"],
  "iso3166-1:KR": ["South Korea", "Korea", "한국"],
  "iso3166-1:TR": ["Turkey"],
  "iso3166-1:GR": ["Hellas"],
  "iso3166-1:CI": ["Ivory Coast"],
  "iso3166-1:CD": ["Congo"],
  "iso3166-2:GB-SCT": ["Écosse", "Escocia", "Scozia", "Schottland", "Alba"],
  "iso3166-2:GB-WLS": ["Cymru", "Pays de Galles", "Gales", "Galles"],
  "iso3166-2:GB-ENG": ["Angleterre", "Inghilterra"],
  "iso3166-2:GB-NIR": ["Irlande du Nord", "Irlanda del Norte", "Irlanda del Nord", "Ulster"],
  "iso3166-2:CA-QC": ["Quebec", "Québec"],
  "iso3166-2:DE-BY": ["Bavaria", "Bavière", "Baviera"],
  "iso3166-2:DE-SN": ["Saxony", "Saxe", "Sajonia"],
  "iso3166-2:DE-NI": ["Lower Saxony", "Basse-Saxe"],
  "iso3166-2:DE-HE": ["Hesse"],
  "iso3166-2:DE-NW": ["North Rhine-Westphalia", "NRW"],
  "iso3166-2:DE-TH": ["Thuringia"],
  "iso3166-2:ES-CT": ["Catalonia", "Catalogne", "Cataluña", "Catalogna", "Katalonien"],
  "iso3166-2:ES-AN": ["Andalusia", "Andalousie"],
  "iso3166-2:ES-PV": ["Basque Country", "Pays basque", "País Vasco", "Euskadi", "Baskenland"],
  "iso3166-2:ES-GA": ["Galicia", "Galice"],
  "iso3166-2:ES-VC": ["Valencia"],
  "iso3166-2:FR-BRE": ["Brittany", "Bretaña", "Bretagna", "Breizh"],
  "iso3166-2:FR-NOR": ["Normandy", "Normandía"],
  "iso3166-2:FR-20R": ["Corsica"],
  "iso3166-2:IT-25": ["Lombardy", "Lombardie"],
  "iso3166-2:IT-52": ["Tuscany", "Toscane", "Toskana"],
  "iso3166-2:IT-21": ["Piedmont", "Piémont"],
  "iso3166-2:IT-82": ["Sicily", "Sicile", "Sizilien"],
  "iso3166-2:IT-88": ["Sardinia", "Sardaigne"],
  "iso3166-2:IT-62": ["Latium"],
  "iso3166-2:IT-75": ["Apulia"],
  "iso3166-2:IT-32": ["South Tyrol", "Südtirol", "Trentino"],
  "iso3166-2:BE-VLG": ["Flanders", "Flandre"],
  "iso3166-2:BE-WAL": ["Wallonia", "Wallonie"],
  "iso3166-2:BE-BRU": ["Brussels", "Bruselas"],
  "iso3166-2:CH-GE": ["Geneva", "Genf", "Ginevra"],
  "iso3166-2:AT-9": ["Vienna", "Vienne"],
  "iso3166-2:IN-KL": ["Kerala"],
};

/** Languages in which the names of countries are found. */
export const countryLanguages =
  "en fr es it de pt ca nl pl ru uk ar ja ko zh el tr sv da nb fi cs sk hu ro hr sl th he hi".split(
    " ",
  );
