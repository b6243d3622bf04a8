/* The desk in a browser: a person's first day from the invitation to a second editor's collision, without script; and axe on
 * every page, in both languages. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { launch, violations } from "../lib/browser.mjs";
import { oneTimeCode as code, PASSWORD } from "../lib/desk.mjs";
import { start, site } from "../lib/kairan.mjs";


let s, server, browser;
before(async () => {
	s = site();
	s.run("import", "markdown", "sample/articles");
	server = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await server?.stop();
	s?.remove();
});

async function accept(page, login, role) {
	const link = s.run("user", "add", "--role", role, "--name", login, login).trim();
	await page.goto(server.url + link);
	await page.fill("#password", PASSWORD);
	await page.fill("#again", PASSWORD);
	await page.click("main button");
	await page.waitForURL("**/desk/sign-in");
	await signIn(page, login);
}

async function signIn(page, login, second = "") {
	await page.goto(server.url + "/desk/sign-in");
	await page.fill("#login", login);
	await page.fill("#password", PASSWORD);
	await page.fill("#code", second);
	await page.click("main button");
	await page.waitForURL("**/desk");
}

test("a first day without script: invited, second step, an article, somebody else's change, an old text back", async () => {
	const context = await browser.newContext({ javaScriptEnabled: false, reducedMotion: "reduce", locale: "ja-JP", viewport: { width: 360, height: 800 } });
	const page = await context.newPage(), strangers = [];
	page.on("request", (r) => { if (!r.url().startsWith(server.url)) strangers.push(r.url()); });
	await accept(page, "hana", "editor");

	await page.goto(server.url + "/desk/account");
	await page.click('a[href="/desk/account/totp"]');
	const secret = await page.textContent("code.secret");
	assert.ok(await page.locator("svg.qr").isVisible());
	await page.fill("#code", code(secret));
	await page.fill("#password", PASSWORD);
	await page.click("main form button");
	const codes = await page.locator(".codes code").allTextContents();
	assert.equal(codes.length, 10);
	await page.click("header.desk button");
	await page.waitForURL("**/desk/sign-in");
	await signIn(page, "hana", codes[4]);

	await page.click('header.desk a[href="/desk/articles/new"]');
	await page.fill("#title", "はじめての記事");
	await page.fill("#body", "これは**最初**の文章です。");
	await page.click('button[value="preview"]');
	assert.equal(await page.textContent(".preview strong"), "最初");
	assert.equal(await page.inputValue("#title"), "はじめての記事");
	await page.selectOption("#status", "published");
	await page.click('button[value="save"]');
	await page.waitForURL(/\/desk\/articles\/\d+\?saved=1/);
	const article = page.url().replace(/\?.*/, "");
	const address = await page.getAttribute('p.turn a[href*="/articles/"]:not([href*="desk"])', "href");
	const reader = await (await browser.newContext()).newPage();
	await reader.goto(server.url + address);
	assert.equal(await reader.textContent("h1"), "はじめての記事");
	assert.deepEqual(await reader.context().cookies(), []);
	await reader.context().close();

	/* Another editor saves while the form is open here. */
	const other = await (await browser.newContext({ reducedMotion: "reduce", locale: "en-GB" })).newPage();
	await accept(other, "jiro", "editor");
	await other.goto(article);
	await other.fill("#body", "これは二郎の文章です。");
	await other.click('button[value="save"]');
	await page.fill("#body", "これは花の文章です。");
	await page.click('button[value="save"]');
	assert.ok(await page.locator(".conflict").isVisible());
	assert.match((await page.locator(".conflict ins").allTextContents()).join(), /花.*二郎/);
	await page.click('button[value="save"]'); /* not without a choice */
	assert.ok(await page.locator(".conflict").isVisible());
	await page.check('input[value="mine"]');
	await page.click('button[value="save"]');
	await page.waitForURL(/saved=1/);

	await page.click('p.turn a[href$="/revisions"]');
	const saves = page.locator("ol.rows a");
	assert.equal(await saves.count(), 3);
	await saves.nth(2).click();
	await page.click('a[href*="?revision="]');
	assert.equal(await page.inputValue("#body"), "これは**最初**の文章です。");
	await page.click('button[value="save"]');
	await page.waitForURL(/saved=1/);
	await page.goto(article);
	assert.equal(await page.inputValue("#body"), "これは**最初**の文章です。");
	await other.context().close();
	assert.deepEqual(strangers, []);
	await context.close();
});

for (const [locale, lang] of [["ja-JP", "ja"], ["en-GB", "en"]]) {
	test(`axe finds nothing on the desk's pages, ${lang}`, async () => {
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
		const link = s.run("user", "add", "--role", "owner", `owner-${lang}`).trim();
		await page.goto(server.url + link);
		await look();
		await page.goto(server.url + "/desk/invitation?token=x");
		await look();
		await page.goto(server.url + "/desk/sign-in");
		await look();
		await accept(page, `second-${lang}`, "owner");
		await page.goto(server.url + "/desk/articles/1");
		await page.fill("#summary", `by ${lang}`);
		await page.click('button[value="save"]');
		await look();
		await page.fill("#body", "Preview of a text[^1].\n\n[^1]: A source, 2024.\n");
		await page.click('button[value="preview"]');
		await look();
		await page.evaluate(() => { document.querySelector('[name="base"]').value = "older"; });
		await page.click('button[value="save"]');
		assert.ok(await page.locator(".conflict").isVisible());
		await look();
		for (const path of ["/desk", "/desk/articles?q=VPN&status=published", "/desk/articles/new", "/desk/articles/1/revisions", "/desk/log", "/desk/people", "/desk/account", "/desk/account/totp"]) {
			await page.goto(server.url + path);
			await look();
		}
		await page.fill("#code", code(await page.textContent("code.secret")));
		await page.fill("#password", PASSWORD);
		await page.click("main form button");
		await look();
		await page.goto(server.url + "/desk/account");
		await look();
		await page.goto(server.url + "/desk/articles/1/revisions");
		await page.click(".rows a");
		await look();
		assert.deepEqual(found, []);
		await context.close();
	});
}
