/* The demo site as a person meets it: widths, colour schemes, with and without script. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { start } from "../lib/kairan.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const pages = ["/", "/en", "/articles/encryption", "/en/articles/encryption", "/categories/tools", "/search", "/search?q=VPN", "/search?q=zzzz", "/tags/Signal", "/questions", "/questions/thanks", "/nothing/vpn"];

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

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

async function violations(page) {
	await page.evaluate(axe);
	const found = await page.evaluate((runOnly) => window.axe.run(document, { runOnly }), tags);
	return found.violations.map((v) => `${page.url()}: ${v.id}: ${v.nodes[0].html}`);
}

/* axe is a script itself, so "off" means that the site's own never arrives. */
for (const width of [360, 1280]) {
	for (const colorScheme of ["light", "dark"]) {
		for (const script of ["on", "off"]) {
			test(`axe finds nothing at ${width} px, ${colorScheme}, script ${script}`, async () => {
				const page = await open({ viewport: { width, height: 900 }, colorScheme }, "/healthz");
				if (script === "off") await page.route("**/script.js", (route) => route.abort());
				for (const path of pages) {
					await page.goto(server.url + path);
					assert.deepEqual(await violations(page), []);
				}
				await leave(page);
			});
		}
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

test("no page holds an inline style or script, and the policy never complains", async () => {
	for (const path of pages) {
		const page = await open({}, "/healthz");
		const complaints = [];
		page.on("console", (m) => { if (/Content.Security.Policy/i.test(m.text())) complaints.push(m.text()); });
		await page.goto(server.url + path);
		assert.equal(await page.locator("[style], style, script:not([src]):not([type='application/ld+json'])").count(), 0, path);
		assert.deepEqual(complaints, []);
		await leave(page);
	}
});

test("a source shows beside its mark on focus and on hover, and the language switch leads to the translation", async () => {
	const page = await open({}, "/articles/encryption");
	await page.focus("sup.cite a >> nth=0");
	assert.match(await page.textContent(".tip"), /Surveillance Self-Defense/);
	assert.equal(await page.getAttribute("sup.cite a >> nth=0", "aria-describedby"), await page.getAttribute(".tip", "id"));
	assert.deepEqual(await violations(page), []);
	await page.keyboard.press("Escape");
	assert.equal(await page.locator(".tip").count(), 0);
	await page.hover("sup.cite a >> nth=1");
	await page.hover(".tip"); /* it stays while it is pointed at itself */
	assert.equal(await page.locator(".tip").count(), 1);
	await page.hover("h1");
	await page.click(".languages a[lang=en]");
	await page.waitForURL(/\/en\/articles\/encryption$/);
	await leave(page);
});

test("without script a mark's title tells its source", async () => {
	const page = await open({ javaScriptEnabled: false }, "/articles/encryption");
	assert.match(await page.getAttribute("sup.cite a >> nth=0", "title"), /Surveillance Self-Defense/);
	await leave(page);
});

test("the source that a mark led to stands out, and the tip never leaves a narrow screen", async () => {
	const page = await open({ viewport: { width: 360, height: 700 }, reducedMotion: "reduce" }, "/articles/encryption");
	await page.focus("sup.cite a >> nth=0");
	const box = await page.locator(".tip").boundingBox();
	assert.ok(box.x >= 0 && box.x + box.width <= 360 && box.y >= 0 && box.y + box.height <= 700, JSON.stringify(box));
	await page.keyboard.press("Enter");
	const ground = (selector) => page.locator(selector).evaluate((e) => getComputedStyle(e).backgroundColor);
	assert.notEqual(await ground("#cite-1"), await ground("#cite-2"));
	await leave(page);
});

test("what is wider than a narrow screen scrolls in a box of its own, from the keyboard too", async () => {
	const page = await open({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } }, "/articles/encryption");
	const box = page.locator(".body .wide").first();
	assert.equal(await box.getAttribute("tabindex"), "0");
	assert.equal(await box.getAttribute("aria-label"), "表");
	assert.equal(await box.locator("> table").count(), 1);
	await leave(page);
});

test("a printed article is the article alone", async () => {
	const page = await open({}, "/articles/encryption");
	await page.emulateMedia({ media: "print" });
	assert.equal(await page.isVisible("header.site"), false);
	assert.equal(await page.isVisible(".outline"), false);
	assert.equal(await page.isVisible(".sources"), true);
	await leave(page);
});

/* Over plain HTTP under a name that is not this machine, a browser sends no Sec-Fetch-Site: Origin alone says where a form
 * stood, and the pages' no-referrer would hide it. A sandboxed page of another site hides it still. */
test("a question is taken over plain HTTP, from this site's own form alone", async () => {
	const port = new URL(server.url).port, home = `http://help.example:${port}`;
	const plain = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: [...flags, "--host-resolver-rules=MAP *.example 127.0.0.1"] });
	try {
		for (const from of ["/questions", "/en/search?q=zzzz"]) {
			const page = await plain.newPage({ javaScriptEnabled: false });
			await page.goto(home + from);
			await page.fill("#question", "平文のHTTPから");
			const sent = page.waitForRequest((r) => r.method() === "POST");
			await page.click("form.question button");
			const headers = await (await sent).allHeaders();
			assert.equal(headers["sec-fetch-site"], undefined);
			assert.equal(headers.origin, home);
			await page.waitForURL(/\/questions\/thanks$/);
		}
		for (const policy of ["default-src * 'unsafe-inline'", "sandbox allow-forms"]) {
			const page = await plain.newPage();
			await page.route("http://evil.example/**", (r) => r.fulfill({ contentType: "text/html", headers: { "content-security-policy": policy },
				body: `<form action="${home}/questions" method="post"><input name="question" value="x"><button>x</button></form>` }));
			await page.goto("http://evil.example/");
			const answer = page.waitForResponse((r) => r.request().method() === "POST");
			await page.click("button");
			assert.equal((await answer).status(), 403);
		}
	} finally {
		await plain.close();
	}
});

test("what is not found can be asked, without script and by keyboard", async () => {
	const page = await open({ javaScriptEnabled: false, viewport: { width: 360, height: 800 } }, "/search?q=zzzz");
	assert.equal(await page.inputValue("#question"), "zzzz");
	await page.focus("#question");
	await page.keyboard.press("Tab"); /* past the field that no person sees */
	await page.keyboard.press("Enter");
	await page.waitForURL(/\/questions\/thanks$/);
	assert.match(await page.textContent("h1"), /ありがとう/);
	await leave(page);
});
