/* The demo site as a person meets it: widths, colour schemes, with and without script. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { start } from "../lib/kairan.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const pages = ["/", "/en", "/articles/encryption", "/en/articles/encryption", "/categories/encryption", "/search?q=VPN", "/search?q=zzzz", "/tags/Signal", "/nothing/vpn"];

let server, browser;
before(async () => {
	server = await start(["demo", "--listen", "127.0.0.1:0"]);
	browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: flags });
});
after(async () => {
	await browser?.close();
	await server?.stop();
});

/* A page of its own context, which notes every request to another host. */
async function open(options, path) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
	const page = await context.newPage();
	page.strangers = [];
	page.on("request", (r) => { if (!r.url().startsWith(server.url)) page.strangers.push(r.url()); });
	await page.goto(server.url + path);
	return page;
}

async function leave(page) {
	assert.deepEqual(page.strangers, []);
	assert.deepEqual(await page.context().cookies(), []);
	await page.context().close();
}

for (const width of [360, 1280]) {
	for (const colorScheme of ["light", "dark"]) {
		test(`axe finds nothing at ${width} px, ${colorScheme}`, async () => {
			for (const path of pages) {
				const page = await open({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true }, path);
				await page.addScriptTag({ content: axe });
				const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
				assert.deepEqual(found.violations.map((v) => `${path}: ${v.id}: ${v.nodes[0].html}`), []);
				await leave(page);
			}
		});
	}
}

for (const javaScriptEnabled of [true, false]) {
	const how = javaScriptEnabled ? "with script" : "without script";
	test(`a reader searches, opens an article, follows a citation there and back, ${how}`, async () => {
		const page = await open({ javaScriptEnabled, reducedMotion: "reduce", viewport: { width: 360, height: 800 } }, "/");
		await page.fill("#q", "エンドツーエンド暗号化");
		await page.press("#q", "Enter");
		await page.waitForURL(/\/search\?q=/);
		await page.click(".item h3 a >> nth=0");
		await page.waitForURL(/\/articles\/encryption$/);
		await page.click("sup.cite a >> nth=0");
		assert.match(page.url(), /#cite-1$/);
		await page.focus("#cite-1 a.back");
		await page.keyboard.press("Enter");
		assert.match(page.url(), /#cite-1-ref-1$/);
		await leave(page);
	});
	test(`nothing scrolls sideways at 320 px, ${how}`, async () => {
		for (const path of pages) {
			const page = await open({ javaScriptEnabled, viewport: { width: 320, height: 640 } }, path);
			const box = await page.locator("html").evaluate((e) => [e.scrollWidth, e.clientWidth]).catch(() => [0, 0]);
			assert.ok(box[0] <= box[1], `${path}: ${box}`);
			await leave(page);
		}
	});
}

test("suggestions by keyboard alone, and never while an input method composes", async () => {
	const page = await open({}, "/");
	const asked = [];
	page.on("request", (r) => { if (r.url().includes("/suggest")) asked.push(r.url()); });
	await page.focus("#q");
	await page.evaluate(() => {
		const q = document.querySelector("#q");
		q.dispatchEvent(new CompositionEvent("compositionstart"));
		q.value = "あんg";
		q.dispatchEvent(new InputEvent("input"));
		q.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true }));
	});
	await page.waitForTimeout(300);
	assert.deepEqual(asked, []);
	await page.evaluate(() => {
		const q = document.querySelector("#q");
		q.value = "暗号";
		q.dispatchEvent(new CompositionEvent("compositionend"));
	});
	await page.waitForSelector("#suggestions li");
	assert.equal(await page.getAttribute("#q", "aria-expanded"), "true");
	await page.keyboard.press("ArrowDown");
	assert.equal(await page.getAttribute("#q", "aria-activedescendant"), "suggestion-0");
	assert.equal(await page.getAttribute("#suggestion-0", "aria-selected"), "true");
	await page.keyboard.press("Escape");
	assert.equal(await page.isVisible("#suggestions"), false);
	await page.keyboard.press("End");
	await page.keyboard.type("化");
	await page.waitForSelector("#suggestions li");
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("Enter");
	await page.waitForURL(/\/(articles|categories)\//);
	await leave(page);
});

test("a source shows beside its mark on focus, and the language switch leads to the translation", async () => {
	const page = await open({}, "/articles/encryption");
	await page.focus("sup.cite a >> nth=0");
	assert.match(await page.textContent(".tip"), /Surveillance Self-Defense/);
	await page.keyboard.press("Escape");
	assert.equal(await page.locator(".tip").count(), 0);
	await page.click(".languages a[lang=en]");
	await page.waitForURL(/\/en\/articles\/encryption$/);
	await leave(page);
});
