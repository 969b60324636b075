import { html, raw } from "hono/html";
import type { SearchQuery } from "../../coop/query.ts";
import type { Fault } from "../parameters.ts";
import type { Html } from "../text.ts";
import { faultAttributes, faultNote } from "./faults.ts";

/** What the fields are filled from. */
interface FieldData {
  query: SearchQuery;
  faults: Fault[];
}

/** How far around a point is looked, in kilometres. */
const radii = [5, 10, 25, 50, 100, 250, 500];

/** A point and a distance from it; a part of the map comes from the map. */
export function placeFields({ query, faults }: FieldData): Html {
  const { near, radius_km: radius, bbox } = query;
  const choices = radius === undefined || radii.includes(radius) ? radii : [...radii, radius];
  return html`<fieldset class="facet fields">
    <legend>Around a point</legend>
    <div class="pair">
      <label for="near"
        >Latitude, longitude
        <input
          id="near"
          form="search"
          name="near"
          size="12"
          maxlength="40"
          autocomplete="off"
          placeholder="53.80,-1.55"
          value="${near === undefined ? "" : `${near.latitude},${near.longitude}`}"
          ${faultAttributes(faults, "near")}
      /></label>
      <label for="radius_km"
        >Within
        <select id="radius_km" form="search" name="radius_km">
          ${choices.map(
            (km) =>
              html`<option value="${km}" ${km === (radius ?? 25) ? raw("selected") : ""}>
                ${km} km
              </option>`,
          )}
        </select></label
      >
    </div>
    ${faultNote(faults, "near")} ${faultNote(faults, "radius_km")} ${faultNote(faults, "bbox")}
    ${
      bbox === undefined
        ? ""
        : html`<input
            type="hidden"
            form="search"
            name="bbox"
            value="${[bbox.west, bbox.south, bbox.east, bbox.north].join(",")}"
          />`
    }
  </fieldset>`;
}

/** Between which years they were founded. */
export function foundedFields({ query, faults }: FieldData): Html {
  const field = (name: "founded_from" | "founded_to", label: string) =>
    html`<label for="${name}"
      >${label}
      <input
        id="${name}"
        form="search"
        name="${name}"
        inputmode="numeric"
        size="5"
        maxlength="4"
        autocomplete="off"
        value="${query[name] ?? ""}"
        ${faultAttributes(faults, name)}
    /></label>`;
  return html`<fieldset class="facet fields">
    <legend>Founded</legend>
    <div class="pair">${field("founded_from", "From year")} ${field("founded_to", "To year")}</div>
    ${faultNote(faults, "founded_from")} ${faultNote(faults, "founded_to")}
  </fieldset>`;
}

/** Whether several listings of one organisation are counted once. */
export function countFields({ query }: FieldData): Html {
  const option = (value: "organisations" | "listings", label: string) =>
    html`<li>
      <label
        ><input
          type="radio"
          form="search"
          name="count"
          value="${value === "organisations" ? "" : value}"
          ${(query.count ?? "organisations") === value ? raw("checked") : ""}
        />
        <span class="label">${label}</span></label
      >
    </li>`;
  return html`<fieldset class="facet">
    <legend>Count</legend>
    <ul>
      ${option("organisations", "Organisations, each once")}
      ${option("listings", "Listings, as published")}
    </ul>
  </fieldset>`;
}
