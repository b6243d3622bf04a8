/* Suggestions while typing: the ARIA combobox by keyboard, pointer and input method. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { start } from "../lib/kairan.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

let server, browser;
before(async () => {
	server = await start(["demo", "--listen", "127.0.0.1:0"]);
	browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: flags });
});
after(async () => {
	await browser?.close();
	await server?.stop();
});

async function open(path = "/", options = {}) {
	const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, ...options });
	const page = await context.newPage();
	page.asked = [];
	page.on("request", (r) => { if (r.url().includes("/suggest")) page.asked.push(new URL(r.url()).searchParams.get("q")); });
	await page.goto(server.url + path);
	await page.focus("#q");
	return page;
}
const expanded = (page) => page.getAttribute("#q", "aria-expanded");
const active = (page) => page.getAttribute("#q", "aria-activedescendant");
const options = (page) => page.locator("#suggestions [role=option]");

test("the field says what it is before anything is typed", async () => {
	const page = await open();
	assert.equal(await page.getAttribute("#q", "role"), "combobox");
	assert.equal(await page.getAttribute("#q", "aria-controls"), "suggestions");
	assert.equal(await page.getAttribute("#q", "aria-autocomplete"), "list");
	assert.equal(await expanded(page), "false");
	assert.equal(await page.getAttribute("#suggestions", "role"), "listbox");
	assert.notEqual(await page.getAttribute("#suggestions", "aria-label"), "");
	await page.context().close();
});

test("by keyboard alone: arrows go round, Home and End go back to the text, Escape closes and then empties, Enter opens", async () => {
	const page = await open();
	await page.keyboard.type("暗号");
	await page.waitForSelector("#suggestions li");
	const n = await options(page).count();
	assert.ok(n > 1);
	assert.equal(await expanded(page), "true");
	assert.equal(await active(page), null);
	assert.match(await page.textContent("form.search [role=status]"), new RegExp(String(n)));
	await page.keyboard.press("ArrowDown");
	assert.equal(await active(page), "suggestions-0");
	assert.equal(await page.getAttribute("#suggestions-0", "aria-selected"), "true");
	await page.keyboard.press("ArrowUp");
	assert.equal(await active(page), `suggestions-${n - 1}`);
	assert.equal(await page.locator("[aria-selected=true]").count(), 1);
	await page.keyboard.press("ArrowDown");
	assert.equal(await active(page), "suggestions-0");
	await page.keyboard.press("Home");
	assert.equal(await active(page), null);
	assert.equal(await page.evaluate(() => document.querySelector("#q").selectionStart), 0);
	await page.keyboard.press("End");
	assert.equal(await page.evaluate(() => document.querySelector("#q").selectionStart), 2);
	assert.equal(await expanded(page), "true");
	await page.keyboard.press("Escape");
	assert.equal(await expanded(page), "false");
	assert.equal(await page.isVisible("#suggestions"), false);
	assert.equal(await page.inputValue("#q"), "暗号");
	await page.keyboard.press("Escape");
	assert.equal(await page.inputValue("#q"), "");
	await page.keyboard.type("暗号");
	await page.waitForSelector("#suggestions li");
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("Enter");
	await page.waitForURL(/\/(articles|categories)\//);
	await page.context().close();
});

test("Enter without a choice searches, Tab leaves and closes", async () => {
	const page = await open();
	await page.keyboard.type("暗号");
	await page.waitForSelector("#suggestions li");
	await page.keyboard.press("Tab");
	assert.equal(await expanded(page), "false");
	await page.focus("#q");
	await page.keyboard.press("Enter");
	await page.waitForURL(/\/search\?q=/);
	await page.context().close();
});

test("one question for a burst of keys, none for an empty field, and an old answer never shows", async () => {
	const page = await open();
	let release;
	const held = new Promise((r) => { release = r; });
	await page.route("**/search/suggest?q=VPN", async (route) => { await held; await route.continue().catch(() => {}); });
	await page.keyboard.type("VPN", { delay: 10 });
	await page.waitForTimeout(400);
	assert.deepEqual(page.asked, ["VPN"]);
	for (let i = 0; i < 3; i++) await page.keyboard.press("Backspace");
	await page.waitForTimeout(300);
	release();
	await page.waitForTimeout(300);
	assert.deepEqual(page.asked, ["VPN"]);
	assert.equal(await expanded(page), "false");
	await page.context().close();
});

test("with an input method: asked while composing, and no key is taken from it", async () => {
	const page = await open();
	const cdp = await page.context().newCDPSession(page);
	const compose = (text) => cdp.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
	/* Keys as a method that composes passes them on: 229, and isComposing. */
	const taken = (key) => page.evaluate((key) => {
		const e = new KeyboardEvent("keydown", { key, keyCode: 229, isComposing: true, bubbles: true, cancelable: true });
		document.querySelector("#q").dispatchEvent(e);
		return e.defaultPrevented;
	}, key);
	for (const text of ["あ", "あん", "あんg", "あんご", "あんごう"]) await compose(text);
	await page.waitForTimeout(400);
	assert.ok(page.asked.includes("あんごう"), `asked: ${page.asked}`);
	const answer = page.waitForResponse((r) => r.url().endsWith("suggest?q=" + encodeURIComponent("暗号")));
	await compose("暗号");
	await answer;
	await page.waitForSelector("#suggestions li");
	for (const key of ["Enter", "ArrowDown", "ArrowUp", "Escape", "Home", "End"]) assert.equal(await taken(key), false, key);
	assert.equal(await active(page), null);
	assert.equal(new URL(page.url()).pathname, "/");
	assert.equal(await page.inputValue("#q"), "暗号");
	await cdp.send("Input.insertText", { text: "暗号" });
	await page.waitForTimeout(300);
	assert.equal(await page.inputValue("#q"), "暗号");
	assert.equal(await expanded(page), "true");
	await page.keyboard.press("ArrowDown");
	assert.equal(await active(page), "suggestions-0");
	await page.keyboard.press("Enter");
	await page.waitForURL(/\/(articles|categories)\//);
	await page.context().close();
});

test("by mouse and by touch", async () => {
	for (const hasTouch of [false, true]) {
		const page = await open("/", { hasTouch });
		await page.keyboard.type("暗号");
		await page.waitForSelector("#suggestions li");
		const last = options(page).last();
		if (hasTouch) await last.tap();
		else await last.click();
		await page.waitForURL(/\/(articles|categories)\//);
		await page.context().close();
	}
});

test("axe finds nothing while the list is open", async () => {
	for (const colorScheme of ["light", "dark"]) {
		const page = await open("/", { colorScheme });
		await page.keyboard.type("暗号");
		await page.waitForSelector("#suggestions li");
		await page.keyboard.press("ArrowDown");
		await page.evaluate(axe);
		const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
		assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
		await page.context().close();
	}
});
