/* The owner's pages in a browser: a site set up without script and with it, at 360 pixels; axe in both languages, light and
 * dark. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { launch, violations } from "../lib/browser.mjs";
import { PASSWORD, desk, until } from "../lib/desk.mjs";

let d, browser;
before(async () => {
	d = await desk(["owner", "author"]);
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await d?.close();
});

async function open(options) {
	const context = await browser.newContext({ reducedMotion: "reduce", viewport: { width: 360, height: 800 }, ...options });
	const page = await context.newPage();
	page.on("request", (r) => { if (!r.url().startsWith(d.server.url)) assert.fail("asks a stranger: " + r.url()); });
	page.on("pageerror", (e) => assert.fail(e.message));
	page.on("console", (m) => { if (/Content Security Policy/.test(m.text())) assert.fail(m.text()); });
	await page.goto(d.server.url + "/desk/sign-in");
	await page.fill("#login", "owner");
	await page.fill("#password", PASSWORD);
	await page.click("main form button");
	await page.waitForURL("**/desk");
	return { context, page, go: (path) => page.goto(d.server.url + path) };
}

test("without script: a name, a menu put in order, a page in it, a colour mended, CSS refused and mended", async () => {
	const { context, page, go } = await open({ javaScriptEnabled: false, locale: "ja-JP" });
	await page.click('header.desk a[href="/desk/settings"]');
	await page.fill('[name="name.ja"]', "みはりばん");
	await page.fill('[name="page_size"]', "0");
	await page.click(".buttons button");
	assert.equal(await page.getAttribute('[name="page_size"]', "aria-invalid"), "true");
	assert.equal(await page.inputValue('[name="name.ja"]'), "みはりばん");
	await page.fill('[name="page_size"]', "20");
	await page.click(".buttons button");
	await page.waitForURL("**/desk/settings?saved=1");

	await go("/desk/pages");
	await page.fill("#title", "私たちについて");
	await page.selectOption("#kind", "about");
	await page.click('button[value="add"]');
	await page.waitForURL("**/desk/articles/*");
	await page.selectOption("#status", "published");
	await page.click('button[value="save"]');

	await go("/desk/settings/menus");
	const menu = () => page.locator('form:has(input[value="menu_header.ja"])');
	await menu().locator('[name="label20"]').fill("探す");
	await menu().locator('[name="url20"]').fill("/search");
	/* Enter saves, and moves nothing. */
	await menu().locator('[name="url20"]').press("Enter");
	await page.waitForURL("**/desk/settings/menus?saved=1*");
	await menu().locator('[name="page"]').selectOption({ label: "私たちについて" });
	await menu().locator('button[value="save"]:visible').click();
	await page.waitForURL("**/desk/settings/menus?saved=1*");
	await menu().getByRole("button", { name: "上へ移す： 私たちについて" }).click();
	await go("/");
	assert.deepEqual(await page.locator("nav.menu a").allTextContents(), ["私たちについて", "探す"]);
	assert.match(await page.title(), /みはりばん/);
	await page.click("nav.menu a");
	assert.match(page.url(), /\/pages\/about$/);
	assert.equal(await page.getAttribute("nav.menu a", "aria-current"), "page");

	await go("/desk/settings/look");
	await page.fill("#accent", "#aaddff");
	await page.click('button[value="save"]:visible');
	assert.equal(await page.locator("[role=alert]").count(), 1);
	await page.click('button[value="mend"]');
	const mended = await page.inputValue("#accent");
	assert.notEqual(mended, "#aaddff");
	await page.fill("#css", "h1 { color: green }\n@import url(//x);");
	await page.click('button[value="save"]:visible');
	assert.match(await page.textContent("#css-problem"), /2行目/);
	await page.fill("#css", ".hero h1 { color: rgb(1, 2, 3) }");
	await page.click('button[value="save"]:visible');
	await page.waitForURL("**/desk/settings/look?saved=1");
	await go("/");
	assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".hero h1")).color), "rgb(1, 2, 3)");
	await go("/desk/settings/look");
	await page.fill("#css", "");
	await page.fill("#accent", "#0b5a6f");
	await page.click('button[value="save"]:visible');
	await context.close();
});

test("with script the samples show a colour while it is chosen, as it will be once it can be read", async () => {
	const { context, page, go } = await open({ viewport: { width: 1280, height: 900 } });
	await go("/desk/settings/look");
	const link = (kind) => page.evaluate((k) => getComputedStyle(document.querySelector(`.sample.${k} a`)).color, kind);
	const before = [await link("light"), await link("dark")];
	await page.fill("#accent", "#7a1f5c");
	await until(async () => await link("light") !== before[0], 5000, "the sample changes");
	assert.equal(await link("light"), "rgb(122, 31, 92)");
	const made = await link("dark");
	assert.notEqual(made, before[1]);
	await page.fill("#accent_dark", "#ffcc00");
	await until(async () => await link("dark") !== made, 5000, "the sample changes");
	assert.equal(await link("dark"), "rgb(255, 204, 0)");
	assert.ok(await page.isChecked("#own_dark"));
	await context.close();
});

for (const [locale, colorScheme, width] of [["ja-JP", "light", 360], ["ja-JP", "dark", 1280], ["en-GB", "light", 1280], ["en-GB", "dark", 360]]) {
	test(`axe finds nothing: ${locale}, ${colorScheme}, ${width} px`, async () => {
		const { context, page, go } = await open({ locale, colorScheme, viewport: { width, height: 900 } });
		await go("/desk/articles/new");
		await page.fill("#title", "To be looked at");
		await page.fill("#body", "text");
		await page.selectOption("#status", "review");
		await page.click('button[value="save"]');
		const found = [];
		for (const path of ["/desk", "/desk/articles?status=review", "/desk/settings", "/desk/settings/look", "/desk/settings/menus", "/desk/pages", "/", "/pages/about"]) {
			await go(path);
			if (path === "/desk") await page.click(".halves summary");
			found.push(...await violations(page, `${locale}-${colorScheme}-${width}${path.replaceAll(/[/?=]/g, "_")}`));
		}
		/* And when something is wrong. */
		await go("/desk/settings");
		await page.fill('[name="time_zone"]', "nowhere");
		await page.click(".buttons button");
		found.push(...await violations(page, `${locale}-${colorScheme}-${width}-wrong-setting`));
		await go("/desk/settings/look");
		await page.fill("#accent", "#ffee00");
		await page.fill("#css", "a{");
		await page.click('button[value="save"]:visible');
		found.push(...await violations(page, `${locale}-${colorScheme}-${width}-wrong-look`));
		assert.deepEqual(found, []);
		await context.close();
	});
}
