/**
 * Words that hold sentences together and say nothing of a co-op: articles,
 * prepositions, conjunctions. Only words that are these and nothing else in
 * almost every name: a search leaves them out as long as another word is left.
 */
export const stopWords: ReadonlySet<string> = new Set(
  [
    // English
    "a an and at by for from in near of on or the to with",
    // French, with what is before an apostrophe
    "à au aux avec chez d de des du en et l la le les ou par pour près sur un une",
    // Spanish and Catalan
    "al amb cerca con de del e el els en i la las les los o para per por un una y",
    // Italian
    "a al alla alle allo con da dal dalla dei del dell della delle dello degli di e ed gli i il in",
    "la le lo nei nel nella nelle o per presso su sul sulla un una vicino",
    // Portuguese
    "a ao aos as à com da das de do dos e em na nas no nos o os para pelo pela perto por um uma",
    // German
    "am an auf aus bei das dem den der des die ein eine für im in mit nahe oder und vom von zu zum zur",
    // Dutch
    "bij de een en het in met naar of op te van voor",
    // Polish
    "do i koło lub na o od u w we z za ze",
    // Danish, Norwegian, Swedish
    "av den det en et ett för i med og och på til till",
  ].flatMap((line) => line.split(" ")),
);
