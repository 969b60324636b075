/**
 * The words for a co-operative, as co-ops and those who look for them write
 * them. They find one another in a search, and are no reason to leave a co-op
 * out that goes by another one, or by none.
 */
export const coopWords: readonly string[] = [
  // English, French, Spanish, Italian, Portuguese, Catalan, Galician, Romanian
  "coop coops cooperative cooperatives coopérative coopératives coopératif coopératifs",
  "cooperativa cooperativas cooperativo cooperativos cooperativi cooperativă kooperattiva",
  // German, Dutch, the languages of the North
  "Genossenschaft Genossenschaften Kooperative Kooperativen coöperatie coöperaties coöperatief",
  "kooperativ kooperativet andelsforening andelslag samvirke samvirkelag samvinnufélag",
  "osuuskunta osuuskunnat osuuskauppa ühistu kooperatīvs kooperatyvas",
  // Central Europe and the Balkans
  "spółdzielnia spółdzielnie spółdzielni kooperatywa kooperatywy družstvo družstva družstevní",
  "zadruga zadruge kooperativa kooperative szövetkezet szövetkezetek szövetkezeti",
  "кооператив кооперативы кооперативи кооперативный кооперація задруга задруги кооперация артель",
  "συνεταιρισμός συνεταιρισμοί συνεταιριστική συνεταιριστικό κοοπερατίβα",
  // Elsewhere
  "kooperatif kooperatifi kooperatiba kooperatibak cydweithredol comharchumann",
  "koperasi kooperatiba ushirika",
  "تعاونية تعاونيات التعاونية التعاونيات تعاونی تعاوني",
  "קואופרטיב קואופרטיבים सहकारी सहकारिता সমবায় கூட்டுறவு",
].flatMap((line) => line.split(" "));

/** The same in scripts that put no spaces between words, the longest first. */
export const coopRuns: readonly string[] = [
  "生活協同組合",
  "협동조합",
  "協同組合",
  "合作社",
  "สหกรณ์",
  "コープ",
  "生協",
];

/** Ends of words such as Energiegenossenschaft, of which the rest says what it is about. */
export const coopEndings: readonly string[] = [
  "sgenossenschaft",
  "genossenschaft",
  "sgenossenschaften",
  "genossenschaften",
  "scoöperatie",
  "coöperatie",
  "osuuskunta",
  "andelslag",
];
