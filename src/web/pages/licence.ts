import { html } from "hono/html";
import { type Html, outwardLink } from "../text.ts";

/** SPDX identifiers of the licences that open data mostly have, and where they can be read. */
const texts: Record<string, string> = {
  "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
  "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
  "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
  "ODC-By-1.0": "https://opendatacommons.org/licenses/by/1-0/",
  "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
  "PDDL-1.0": "https://opendatacommons.org/licenses/pddl/1-0/",
  "OGL-UK-3.0": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
};

/** A licence by its SPDX identifier, with a link to its text where that is known. */
export function licenceLink(id: string): Html {
  const text = texts[id];
  return text === undefined ? html`${id}` : outwardLink(text, id, "license");
}
