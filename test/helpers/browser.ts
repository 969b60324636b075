import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright, type Page } from "playwright-core";

// In one process, closing a page would end the browser; the others belong to pages, not to us.
// A graphics card made of software costs a fifth of the time.
const unwanted = new Set([
  "--single-process",
  "--disable-web-security",
  "--ignore-gpu-blocklist",
  "--in-process-gpu",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
]);
const quiet = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--disable-quic",
  "--disable-gpu",
  "--disable-software-rasterizer",
];

/** Starts the browser that comes from npm. */
export async function openBrowser(): Promise<Browser> {
  try {
    return await playwright.launch({
      executablePath: await chromium.executablePath(),
      headless: true,
      args: [...chromium.args.filter((each) => !unwanted.has(each)), ...quiet],
    });
  } catch (cause) {
    const { message } = cause as Error;
    if (!/libn(ss|spr)\w*\.so/.test(message)) throw cause;
    throw new Error(
      "Chromium needs two libraries of the system: apt-get install libnss3 (it brings libnspr4)",
      { cause },
    );
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface AxeResult {
  violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** What axe finds wrong with the page that is open, a line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  // All rules, but no descriptions of what is right, which take most of the time.
  const { violations } = await page.evaluate<AxeResult>(
    "axe.run({ resultTypes: ['violations'], selectors: false })",
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary = "" }) => `${id}: ${help}: ${html} ${failureSummary}`),
  );
}
