import type { CoopType, Level, StakeholderKind, Theme, VoteRule } from "../../coop/codes.ts";
import type { Listing, StakeholderClass } from "../../coop/listing.ts";
import type { DraftContent } from "../../directory/draft.ts";

/** What is usual for a kind of co-op: one click fills it in, and all of it can be changed. */
export interface Preset {
  key: string;
  label: string;
  /** What it fills in. */
  hint: string;
  coopType?: CoopType;
  level?: Level;
  classes: StakeholderKind[];
  voteRule: VoteRule;
  boardSize?: number;
  theme?: Theme;
  distributionConstraint?: NonNullable<Listing["distributionConstraint"]>;
}

const oneVote = "one-member-one-vote";

export const presets: Preset[] = [
  {
    key: "worker",
    label: "Worker co-op",
    hint: "One member, one vote; the general assembly governs without a board",
    coopType: "worker",
    classes: ["worker"],
    voteRule: oneVote,
    boardSize: 0,
  },
  {
    key: "consumer",
    label: "Consumer or user co-op",
    hint: "One member, one vote; the members use what it offers",
    coopType: "consumer-user",
    classes: ["user"],
    voteRule: oneVote,
  },
  {
    key: "housing",
    label: "Housing co-op",
    hint: "One member, one vote; the members live in it",
    coopType: "consumer-user",
    classes: ["resident"],
    voteRule: oneVote,
    theme: "housing",
  },
  {
    key: "producer",
    label: "Producer or farming co-op",
    hint: "One member, one vote; the members sell or process through it",
    coopType: "producer",
    classes: ["producer"],
    voteRule: oneVote,
  },
  {
    key: "solidarity",
    label: "Solidarity co-op",
    hint: "Workers, users and supporters; one member, one vote",
    coopType: "multi-stakeholder",
    classes: ["worker", "user", "supporting"],
    voteRule: oneVote,
  },
  {
    key: "social",
    label: "Social co-op for work integration",
    hint: "Workers, disadvantaged workers and supporters; surplus within limits",
    coopType: "multi-stakeholder",
    classes: ["worker", "disadvantaged-worker", "supporting"],
    voteRule: oneVote,
    theme: "work",
    distributionConstraint: "limited",
  },
  {
    key: "federation",
    label: "Federation or secondary co-op",
    hint: "Its members are co-ops; one member, one vote",
    level: "secondary",
    classes: ["organisation"],
    voteRule: oneVote,
  },
];

/** What classes of these kinds are usually called, by language. */
const classNames: Record<string, Partial<Record<StakeholderKind, string>>> = {
  en: {
    worker: "Workers",
    user: "Members",
    resident: "Residents",
    producer: "Producers",
    supporting: "Supporters",
    "disadvantaged-worker": "Workers who need support",
    organisation: "Member organisations",
  },
  fr: {
    worker: "Membres travailleurs",
    user: "Membres utilisateurs",
    resident: "Habitants",
    producer: "Membres producteurs",
    supporting: "Membres de soutien",
    "disadvantaged-worker": "Travailleurs en insertion",
    organisation: "Organisations membres",
  },
  es: {
    worker: "Personas trabajadoras",
    user: "Personas usuarias",
    resident: "Residentes",
    producer: "Personas productoras",
    supporting: "Personas colaboradoras",
    "disadvantaged-worker": "Personas en inserción",
    organisation: "Entidades socias",
  },
  it: {
    worker: "Soci lavoratori",
    user: "Soci utenti",
    resident: "Soci abitanti",
    producer: "Soci produttori",
    supporting: "Soci sostenitori",
    "disadvantaged-worker": "Lavoratori svantaggiati",
    organisation: "Enti soci",
  },
};

/**
 * The content with what is usual for this kind of co-op. Classes that are there
 * already stay as they are if their kind belongs to it, or somebody counted
 * their members; of the rest only what the preset says is replaced.
 */
export function applyPreset(content: DraftContent, preset: Preset): DraftContent {
  const { classes, theme, key: _, label: __, hint: ___, ...facts } = preset;
  const before = (content["stakeholders"] ?? []) as Partial<StakeholderClass>[];
  const { inLanguage } = content;
  const language = typeof inLanguage === "string" ? (inLanguage.split("-")[0] ?? "en") : "en";
  const wanted = classes.map(
    (kind) =>
      before.find((each) => each.kind === kind) ?? {
        kind,
        name: (classNames[language] ?? classNames["en"])?.[kind] ?? kind,
      },
  );
  const counted = before.filter((each) => !wanted.includes(each) && each.members !== undefined);
  const { boardSize: _board, ...rest } = content;
  const themes = (content["theme"] ?? []) as string[];
  return {
    ...rest,
    ...facts,
    stakeholders: [...wanted, ...counted],
    ...(theme !== undefined && { theme: [...new Set([...themes, theme])] }),
  } as DraftContent;
}

/**
 * The content with a key for every class that has none: made from its kind, for
 * names change. Keys name classes in addresses, so that those which are there
 * stay.
 */
export function withKeys(content: DraftContent): DraftContent {
  const classes = content["stakeholders"];
  if (!Array.isArray(classes)) return content;
  const taken = new Set(classes.map((each) => (each as Partial<StakeholderClass>).key));
  const stakeholders = classes.map((each) => {
    const { key, kind = "members" } = each as Partial<StakeholderClass>;
    if (key !== undefined) return each;
    const stem = kind === "supporting" || kind === "other" ? `${kind}-members` : `${kind}s`;
    const names = [stem, ...Array.from({ length: 12 }, (_, at) => `${stem}-${at + 2}`)];
    const free = names.find((name) => !taken.has(name)) ?? stem;
    taken.add(free);
    return { key: free, ...(each as object) };
  });
  return { ...content, stakeholders };
}
