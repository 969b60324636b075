import type { z } from "zod";
import type { DraftContent } from "../../directory/draft.ts";
import type { FormFault } from "../forms.ts";
import { Content } from "./shape.ts";
import { isAmbiguous } from "./written.ts";

/** What keeps a content from being published, by field. */
export function faultsOf(draft: DraftContent): FormFault[] {
  const checked = Content.safeParse(draft, { reportInput: true });
  if (checked.success) return [];
  return checked.error.issues.map((issue) => {
    const path = issue.path.map(String).join(".");
    const field = path === "location.address" ? "location.address.addressCountry" : path;
    return { ...(field !== "" && { field }), message: inWords(issue) };
  });
}

function inWords(issue: z.core.$ZodIssue): string {
  const { input } = issue;
  switch (issue.code) {
    case "invalid_type": {
      if (input === undefined) return "Fill this in.";
      if (typeof input === "string" && isAmbiguous(input)) {
        return "This can be read in two ways: leave out what separates the thousands.";
      }
      const number = issue.expected === "number" || issue.expected === "int";
      return number ? "Not a number." : "This can’t be read.";
    }
    case "invalid_union": {
      return "Not a whole number. For fewer than five, write <5.";
    }
    case "invalid_value": {
      return input === undefined ? "Choose one." : "Choose one of those that are offered.";
    }
    case "too_small": {
      return issue.origin === "string" ? "Fill this in." : `At least ${issue.minimum}.`;
    }
    case "too_big": {
      const what = { string: " characters", array: " entries" }[String(issue.origin)] ?? "";
      return `At most ${issue.maximum}${what}.`;
    }
    case "invalid_format": {
      return issue.format === "email" ? "Not an e-mail address." : sentence(issue.message);
    }
    case "unrecognized_keys": {
      return `No listing has ${issue.keys.join(", ")}.`;
    }
    default: {
      return sentence(issue.message);
    }
  }
}

/** Words of an error as a sentence of its own. */
export function sentence(words: string): string {
  const begun = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.?!]$/.test(begun) ? begun : `${begun}.`;
}
