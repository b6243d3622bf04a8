/* Images and sources in a browser, without script: from the file to the reader's page; and axe on each page, in both languages. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { launch, violations } from "../lib/browser.mjs";
import { start, site } from "../lib/kairan.mjs";

const PASSWORD = "正しい馬と電池とホチキス";
const file = (name) => fileURLToPath(new URL(`../unit/image/data/${name}`, import.meta.url));

let s, server, browser, decodes;
before(async () => {
	s = site();
	decodes = /images: libvips/.test(s.run("check"));
	server = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await server?.stop();
	s?.remove();
});

async function enter(page, login) {
	await page.goto(server.url + s.run("user", "add", "--role", "owner", login).trim());
	await page.fill("#password", PASSWORD);
	await page.fill("#again", PASSWORD);
	await page.click("main button");
	await page.waitForURL("**/desk/sign-in");
	await page.fill("#login", login);
	await page.fill("#password", PASSWORD);
	await page.click("main button");
	await page.waitForURL("**/desk");
}

test("an image from the file to the reader, without script", async (t) => {
	if (!decodes) return t.skip("no libvips");
	const context = await browser.newContext({ javaScriptEnabled: false, reducedMotion: "reduce", locale: "ja-JP", viewport: { width: 1280, height: 900 } });
	const page = await context.newPage();
	await enter(page, "hana");
	await page.goto(server.url + "/desk/articles/new");
	await page.fill("#title", "鍵");
	await page.click("details.insert summary");
	await page.setInputFiles("#image", file("big.jpg"));
	await page.fill("#image_alt", "机の上の鍵");
	await page.click('button[value="image"]');
	assert.equal(await page.inputValue("#title"), "鍵");
	const line = await page.inputValue("#added_image");
	assert.match(line, /^!\[机の上の鍵\]\(\/media\/[0-9a-f]{32}\/big\.jpg\)$/);
	/* One that is there is found by its words, and has the same line. */
	await page.fill("#image_q", "机の上");
	await page.click('button[value="images"]');
	assert.equal(await page.inputValue(".shelf input"), line);
	await page.fill("#body", `本文[^a]\n\n${line}\n\n[^a]: <https://example.org/report>`);
	await page.selectOption("#status", "published");
	await page.click('button[value="save"]');
	await page.waitForURL(/saved=1/);
	const reader = await (await browser.newContext({ viewport: { width: 360, height: 800 } })).newPage();
	await reader.goto(server.url + "/articles/" + encodeURIComponent("鍵"));
	const size = await reader.evaluate(() => { const i = document.querySelector(".body img"); i.loading = "eager"; return i.decode().then(() => [i.naturalWidth > 0, i.getBoundingClientRect().width <= 360, i.alt]); });
	assert.deepEqual(size, [true, true, "机の上の鍵"]);
	/* Once the narrow forms are there, a narrow window gets one of them. */
	for (const until = Date.now() + 60000; !(await reader.evaluate(() => !!document.querySelector(".body picture source")));) {
		assert.ok(Date.now() < until, "narrow forms come");
		await reader.waitForTimeout(300);
		await reader.reload();
	}
	const shown = await reader.evaluate(() => { const i = document.querySelector(".body img"); i.loading = "eager"; return i.decode().then(() => i.currentSrc); });
	assert.match(shown, /\/(480|960)\/big\.(avif|webp)$/);
	assert.deepEqual(await violations(reader), []);
	await reader.context().close();
	await context.close();
});

for (const [locale, lang] of [["ja-JP", "ja"], ["en-GB", "en"]]) {
	test(`axe finds nothing on the pages of images and sources, ${lang}`, async (t) => {
		if (!decodes) return t.skip("no libvips");
		const context = await browser.newContext({ reducedMotion: "reduce", locale });
		const page = await context.newPage();
		const found = [];
		const look = async () => {
			assert.equal(await page.getAttribute("html", "lang"), lang);
			for (const [width, colorScheme] of [[360, "light"], [1280, "dark"]]) {
				await page.setViewportSize({ width, height: 900 });
				await page.emulateMedia({ colorScheme });
				found.push(...await violations(page));
			}
		};
		await enter(page, `owner-${lang}`);
		await page.goto(server.url + "/desk/media");
		await look();
		await page.setInputFiles("#files", [file("text.png"), file("bomb.png"), file("moving.gif")]);
		await page.click("main form button");
		assert.ok(await page.locator(".problem").isVisible());
		await look();
		await page.click(".shelf a");
		await look();
		await page.goto(server.url + "/desk/articles/new");
		await page.fill("#title", "x");
		await page.click("details.insert summary");
		await page.click('button[value="images"]');
		await look();
		const line = await page.inputValue(".shelf input");
		await page.fill("#body", `${line.replace(/!\[[^\]]*\]/, "![]")} [^a]\n\n[^a]: <https://example.org/${lang}>`);
		await page.click('button[value="save"]');
		await look();
		for (const path of ["/desk/sources", "/desk/sources/new", "/desk/links"]) {
			await page.goto(server.url + path);
			await look();
		}
		await page.goto(server.url + "/desk/sources");
		await page.click(`.rows a >> nth=0`);
		await look();
		await page.fill("#title", "題 Title");
		await page.click('button[value="save"]');
		await look();
		assert.deepEqual(found, []);
		await context.close();
	});
}
