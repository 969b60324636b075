import { html } from "hono/html";
import type { Listing } from "../../coop/listing.ts";
import { type Html, outwardLink } from "../text.ts";

type Registration = NonNullable<Listing["identifier"]>[number];

interface Register {
  name: string;
  /** The page of an entry, where the register has one under an address that lasts. */
  page?: (number: string) => string | undefined;
}

/**
 * Registers by their list code (org-id.guide). Only addresses that the
 * registers themselves give out as lasting ones.
 */
const registers: Readonly<Record<string, Register>> = {
  "GB-COH": {
    name: "Companies House",
    page: (number) =>
      matching(
        /^[A-Z0-9]{8}$/,
        number,
        "https://find-and-update.company-information.service.gov.uk/company/",
      ),
  },
  "GB-MPR": { name: "Mutuals Public Register" },
  "GB-CHC": { name: "Charity Commission for England and Wales" },
  "XI-LEI": {
    name: "Legal Entity Identifier",
    page: (number) => matching(/^[A-Z0-9]{18}\d\d$/, number, "https://search.gleif.org/#/record/"),
  },
  "FR-RCS": { name: "SIREN", page: sirene },
  "FR-INSEE": { name: "SIREN", page: sirene },
  "FR-SIREN": { name: "SIREN", page: sirene },
  "FR-SIRET": { name: "SIRET", page: sirene },
  "IT-CF": { name: "Codice fiscale" },
  "IT-REA": { name: "Repertorio economico amministrativo" },
  "CA-QC-CR": { name: "Registraire des entreprises du Québec" },
  "ES-NIF": { name: "NIF" },
  "PT-NIPC": { name: "NIPC" },
  "PL-KRS": { name: "Krajowy Rejestr Sądowy" },
  "PL-NIP": { name: "NIP" },
  "PL-REGON": { name: "REGON" },
  "HU-CR": { name: "Cégjegyzék" },
  "HU-AFA": { name: "Adószám" },
  "BE-BCE_KBO": { name: "Banque-Carrefour des Entreprises" },
  "US-EIN": { name: "Employer Identification Number" },
  "ZZ-NCUA": { name: "National Credit Union Administration" },
  "ZZ-EIA": { name: "US Energy Information Administration, form 861" },
};

function sirene(number: string): string | undefined {
  const siren = number.replace(/\D/g, "").slice(0, 9);
  return matching(/^\d{9}$/, siren, "https://annuaire-entreprises.data.gouv.fr/entreprise/");
}

function matching(form: RegExp, number: string, before: string): string | undefined {
  const plain = number.replace(/\s/g, "").toUpperCase();
  return form.test(plain) ? before + plain : undefined;
}

/** An entry in a register, by the register's name, with a link to it where there is a lasting one. */
export function registration({ propertyID, value }: Registration): Html {
  const register = Object.hasOwn(registers, propertyID) ? registers[propertyID] : undefined;
  const page = register?.page?.(value);
  return html`<span class="aside" title="${propertyID}">${register?.name ?? propertyID}</span>
    ${page === undefined ? html`<span class="number">${value}</span>` : outwardLink(page, value)}`;
}
