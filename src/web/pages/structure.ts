import type { StakeholderKind } from "../../coop/codes.ts";
import type { Listing, StakeholderClass } from "../../coop/listing.ts";
import { counted, number, percent } from "../text.ts";
import { effectiveVotes } from "./ilo-test.ts";

/** A part of a bar. */
export interface Segment {
  /** The letter of the class, as in the table; empty for what no class has. */
  letter: string;
  name: string;
  kind: StakeholderKind | "nobody";
  /** Percent of the bar. */
  share: number;
  value: string;
  /** Only a bound is known: the width is the most that it can be. */
  vague: boolean;
}

/** One bar of the picture: how one thing is divided between the classes. */
export interface Bar {
  label: string;
  /** What the whole bar stands for. */
  whole: string;
  segments: Segment[];
  /** Whether more than half of it decides: the middle is then marked. */
  decides: boolean;
}

/** The letter by which picture and table name a class. */
export function letterOf(index: number): string {
  return String.fromCharCode(65 + index);
}

/** The bars that can be drawn from what the listing says. */
export function barsOf(listing: Listing): Bar[] {
  const classes = listing.stakeholders ?? [];
  return [
    membersBar(classes),
    votesBar(listing, classes),
    boardBar(listing, classes),
    capitalBar(classes),
  ].filter((bar) => bar !== undefined);
}

function membersBar(classes: StakeholderClass[]): Bar | undefined {
  const most = (each: StakeholderClass) =>
    typeof each.members === "object" ? each.members.fewerThan - 1 : each.members;
  const whole = classes.reduce((sum, each) => sum + (most(each) ?? 0), 0);
  if (whole === 0) return undefined;
  const vague = classes.some(({ members }) => typeof members === "object");
  const silent = classes.some(({ members }) => members === undefined);
  return {
    label: silent ? "Members, as far as stated" : "Members",
    whole: vague ? `at most ${number(whole)}` : number(whole),
    segments: segments(classes, most, whole, ({ members }) => countWords(members)),
    decides: false,
  };
}

/** `412`, or `fewer than 5`, or nothing. */
export function countWords(members: StakeholderClass["members"]): string {
  if (members === undefined) return "";
  return typeof members === "number" ? number(members) : `fewer than ${number(members.fewerThan)}`;
}

function votesBar(listing: Listing, classes: StakeholderClass[]): Bar | undefined {
  const votes = effectiveVotes(listing);
  if (votes.size === 0) return undefined;
  const derived = classes.every(({ voteShare }) => voteShare === undefined);
  return shareBar(
    derived ? "Votes, one for each member" : "Votes in the general assembly",
    classes,
    (each) => votes.get(each.key),
    true,
  );
}

function capitalBar(classes: StakeholderClass[]): Bar | undefined {
  return shareBar("Share capital", classes, ({ capitalShare }) => capitalShare, false);
}

function shareBar(
  label: string,
  classes: StakeholderClass[],
  of: (each: StakeholderClass) => number | undefined,
  decides: boolean,
): Bar | undefined {
  const sum = classes.reduce((total, each) => total + (of(each) ?? 0), 0);
  if (sum === 0) return undefined;
  // Shares that don't quite add up are drawn against their own sum.
  const whole = sum > 99.5 ? sum : 100;
  const parts = segments(classes, of, whole, (each) => percent(of(each) ?? 0));
  if (whole > sum)
    parts.push(nobody("not stated", ((whole - sum) * 100) / whole, percent(whole - sum)));
  return { label, whole: "100\u00a0%", segments: parts, decides };
}

function boardBar({ boardSize }: Listing, classes: StakeholderClass[]): Bar | undefined {
  const seats = classes.reduce((sum, each) => sum + (each.boardSeats ?? 0), 0);
  if (seats === 0) return undefined;
  const whole = Math.max(seats, boardSize ?? 0);
  const parts = segments(
    classes,
    (each) => each.boardSeats,
    whole,
    ({ boardSeats = 0 }) => number(boardSeats),
  );
  const rest = whole - seats;
  if (rest > 0) parts.push(nobody("other seats", (100 * rest) / whole, number(rest)));
  return {
    label: "Seats on the board",
    whole: counted(whole, "seat"),
    segments: parts,
    decides: true,
  };
}

function nobody(name: string, share: number, value: string): Segment {
  return { letter: "", name, kind: "nobody", share, value, vague: false };
}

function segments(
  classes: StakeholderClass[],
  of: (each: StakeholderClass) => number | undefined,
  whole: number,
  words: (each: StakeholderClass) => string,
): Segment[] {
  return classes.flatMap((each, index) => {
    const part = of(each);
    if (part === undefined || part === 0) return [];
    return {
      letter: letterOf(index),
      name: each.name,
      kind: each.kind,
      share: (100 * part) / whole,
      value: words(each),
      vague: typeof each.members === "object" && words(each).startsWith("fewer"),
    };
  });
}
