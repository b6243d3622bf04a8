/* Chromium for the tests, and what axe finds on a page. */
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/* Where to put pictures of the pages, to be looked at; unset: nowhere. */
export const pictures = process.env.KAIRAN_PICTURES;

export function launch() {
	if (pictures) mkdirSync(pictures, { recursive: true });
	return chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: FLAGS });
}

/* Breaches of WCAG 2.2 AA, and a page that is wider than its window, each as a line. */
export async function violations(page, name = page.url()) {
	await page.evaluate(() => scrollTo(0, 0)); /* nothing is under a line that stays at the top */
	await page.evaluate(axe);
	const found = await page.evaluate((runOnly) => window.axe.run(document, { runOnly }), TAGS);
	const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
	if (pictures) await page.screenshot({ path: `${pictures}/${name.replaceAll(/[^\w-]+/g, "_").slice(-100)}.png`, fullPage: true });
	return [...found.violations.map((v) => `${name}: ${v.id}: ${v.nodes.map((n) => n.html).join(" ").slice(0, 400)}`), ...(wide ? [`${name}: wider than the window`] : [])];
}
