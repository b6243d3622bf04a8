/* Structure and the care of searching in a browser: the tree without script, by keys and by dragging; from a search in vain to
 * a pinned answer; axe on every page, in both languages. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { launch, violations } from "../lib/browser.mjs";
import { start, site } from "../lib/kairan.mjs";
import { Client, PASSWORD } from "../lib/desk.mjs";

let s, server, browser;
const people = {};
before(async () => {
	s = site();
	s.run("import", "markdown", "sample/articles");
	for (const login of ["ume", "taro"]) {
		people[login] = s.run("user", "add", "--role", "editor", "--name", login, login).trim();
	}
	server = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
	for (const [login, link] of Object.entries(people)) {
		const c = new Client(server.url), token = new URL(link, server.url).searchParams.get("token");
		assert.equal((await c.send("/desk/invitation", { token, password: PASSWORD, again: PASSWORD }, link)).status, 303, login);
	}
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await server?.stop();
	s?.remove();
});

async function open(options, login = "ume") {
	const context = await browser.newContext({ reducedMotion: "reduce", locale: "ja-JP", ...options }), page = await context.newPage();
	await page.goto(server.url + "/desk/sign-in");
	await page.fill("#login", login);
	await page.fill("#password", PASSWORD);
	await page.locator('main form button[type="submit"]').first().click();
	await page.waitForURL("**/desk");
	return page;
}
/* The pages' policy lets nobody evaluate text, so waiting is done from here. */
async function until(page, check) {
	for (const end = Date.now() + 5000; !await page.evaluate(check);) {
		assert.ok(Date.now() < end, `waiting for ${check}`);
		await new Promise((r) => setTimeout(r, 20));
	}
}
const tree = () => JSON.parse(s.run("category", "list", "--json"));
const order = (parent = null) => tree().filter((c) => c.parent === parent).map((c) => c.name);
const row = (page, name) => page.locator(".tree li", { has: page.locator(`:scope > .row .category`, { hasText: new RegExp(`^${name}$`) }) }).last();

async function add(page, ...names) {
	await page.goto(server.url + "/desk/categories");
	for (const name of names) {
		await page.fill("#name", name);
		await page.click('button[value="add"]');
		await page.waitForURL(/saved=1/);
	}
}

test("without script: added, moved by buttons that keep the focus, split, merged, renamed; a redirect, a tag", async () => {
	const page = await open({ javaScriptEnabled: false, viewport: { width: 360, height: 800 } });
	await add(page, "あ", "い", "う");
	assert.deepEqual(order().slice(-3), ["あ", "い", "う"]);
	await row(page, "う").locator('button[value^="up "]').click();
	assert.deepEqual(order().slice(-3), ["あ", "う", "い"]);
	assert.match(await page.textContent(".note"), /「う」/);
	assert.equal(await page.evaluate(() => document.activeElement.value.split(" ")[0]), "up");
	await page.keyboard.press("Enter");
	await page.waitForLoadState();
	assert.deepEqual(order().slice(-3), ["う", "あ", "い"]);
	await row(page, "あ").locator('button[value^="in "]').click();
	assert.deepEqual(order("う"), ["あ"]);
	await row(page, "あ").locator('button[value^="out "]').click();
	assert.deepEqual(order().slice(-3), ["う", "あ", "い"]);

	const full = tree().filter((c) => c.articles > 1 && !tree().some((d) => d.parent === c.slug))[0];
	await row(page, full.name).locator("a.meta").first().click();
	const boxes = page.locator('input[name="article"]');
	assert.ok(await boxes.count() >= 2);
	await boxes.nth(0).check();
	await page.selectOption("#into", "new");
	await page.fill("#new_name", "分けたもの");
	await page.click(".buttons button");
	assert.match(await page.textContent(".note"), /1件/);
	assert.deepEqual(tree().filter((c) => ["分けたもの", full.name].includes(c.name)).map((c) => c.articles).sort(), [1, full.articles - 1].sort());

	await page.goto(server.url + "/desk/categories");
	await row(page, "分けたもの").locator(".category").click();
	await page.selectOption("#merge-into", { label: "い" });
	await page.click('button[value="merge"]');
	await page.waitForURL(/saved=1/);
	assert.equal(tree().find((c) => c.name === "い").articles, 1);
	await row(page, "い").locator(".category").click();
	await page.fill("#name_en", "Three");
	await page.fill("#slug", "three");
	await page.click('button[value="save"]');
	await page.waitForURL(/saved=1/);
	const reader = await (await browser.newContext()).newPage();
	await reader.goto(server.url + "/en/categories/" + encodeURIComponent("分けたもの"));
	assert.match(reader.url(), /\/en\/categories\/three$/);
	assert.equal(await reader.textContent("h1"), "Three");

	await page.goto(server.url + "/desk/redirects/redirect");
	await page.fill("#from", "/2012/vpn.html");
	await page.fill("#find", "VPN");
	await page.click('button[value="find"]');
	await page.locator('input[name="article"]').first().check();
	await page.locator('button[value="save"]:not(.hidden)').click();
	await page.waitForURL(/saved=1/);
	await page.fill("#test", "/2012/vpn.html");
	await page.locator(".filter-form button").first().click();
	assert.match(await page.textContent(".hops"), /\/articles\//);
	await reader.goto(server.url + "/2012/vpn.html");
	assert.match(reader.url(), /\/articles\//);

	await page.goto(server.url + "/desk/tags");
	await page.locator(".rows a").first().click();
	await page.fill("#to", "新しい札");
	await page.click('button[value="rename"]');
	await page.waitForURL(/saved=1/);
	await page.fill("#q", "新しい札");
	await page.click(".filter-form button");
	assert.equal(await page.locator(".rows a").count(), 1);
	await reader.context().close();
	await page.context().close();
});

test("by keys: lifted, moved through the levels, put down, taken back; every step is said", async () => {
	const page = await open({});
	await add(page, "か", "き", "く");
	const handle = (name) => row(page, name).locator(":scope > .row .handle");
	const said = () => page.locator('[aria-live="assertive"]').textContent();
	await handle("く").focus();
	assert.match(await handle("く").getAttribute("aria-label"), /「く」/);
	await page.keyboard.press("Space");
	assert.match(await said(), /「く」を持ち上げました/);
	await page.keyboard.press("ArrowUp");
	assert.match(await said(), /「く」：最上位の(\d+)件中\d+番目/);
	await page.keyboard.press("ArrowUp");
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("ArrowRight");
	assert.match(await said(), /「か」の下の1件中1番目/);
	await page.keyboard.press("Space");
	await until(page, () => /移動しました/.test(document.querySelector('[aria-live="assertive"]').textContent));
	assert.deepEqual(order("か"), ["く"]);
	assert.equal(await page.evaluate(() => document.activeElement.className), "plain handle");
	await page.keyboard.press("Enter");
	await page.keyboard.press("ArrowLeft");
	assert.match(await said(), /最上位/);
	await page.keyboard.press("Escape");
	assert.match(await said(), /元の場所/);
	assert.deepEqual(order("か"), ["く"]);
	assert.equal(await row(page, "か").locator("li").count(), 1);
	/* Tab leaves: nothing stays in the air. */
	await page.keyboard.press("Space");
	await page.keyboard.press("ArrowLeft");
	await page.keyboard.press("Tab");
	await until(page, () => !document.querySelector(".lifted"));
	assert.equal(await row(page, "か").locator("li").count(), 1);
	assert.deepEqual(order("か"), ["く"]);
	/* Somebody else was quicker: nothing is done, and the tree is theirs. */
	const other = await open({ javaScriptEnabled: false }, "taro");
	await other.goto(server.url + "/desk/categories");
	await row(other, "き").locator('button[value^="up "]').click();
	await handle("き").focus();
	await page.keyboard.press("Space");
	await page.keyboard.press("ArrowUp");
	await page.keyboard.press("Space");
	await until(page, () => /他の人/.test(document.querySelector('[aria-live="assertive"]').textContent));
	assert.deepEqual(order().slice(-2), ["き", "か"]);
	await other.context().close();
	await page.context().close();
});

test("by pointer: before, behind and into another, and no further than the tree", async () => {
	const page = await open({ viewport: { width: 1000, height: 1400 } });
	await add(page, "さ", "し", "す");
	const drag = async (from, to, part) => {
		const a = await row(page, from).locator(":scope > .row .handle").boundingBox(), b = await row(page, to).locator(":scope > .row").boundingBox();
		await page.mouse.move(a.x + a.width / 2, a.y + a.height / 2);
		await page.mouse.down();
		await page.mouse.move(b.x + 60, b.y + b.height * part, { steps: 6 });
		const sent = page.waitForResponse((r) => r.request().method() === "POST");
		await page.mouse.up();
		await sent;
		await until(page, () => !document.querySelector(".lifted") && /移動しました/.test(document.querySelector('[aria-live="assertive"]').textContent));
		await page.evaluate(() => { document.querySelector('[aria-live="assertive"]').textContent = ""; });
	};
	await drag("す", "さ", 0.1);
	assert.deepEqual(order().slice(-3), ["す", "さ", "し"]);
	await drag("す", "し", 0.5);
	assert.deepEqual(order("し"), ["す"]);
	await drag("さ", "す", 0.9);
	assert.deepEqual(order("し"), ["す", "さ"]);
	/* Let go far outside, nothing is moved or sent. */
	const box = await row(page, "す").locator(":scope > .row .handle").boundingBox();
	let sent = 0;
	page.on("request", (r) => { sent += r.method() === "POST"; });
	await page.mouse.move(box.x + 5, box.y + 5);
	await page.mouse.down();
	await page.mouse.move(5, 5, { steps: 4 });
	await page.mouse.up();
	assert.equal(await page.locator("[data-drop], .lifted").count(), 0);
	assert.equal(sent, 0);
	assert.deepEqual(order("し"), ["す", "さ"]);
	await page.context().close();
});

test("from a question and a search in vain to answers", async () => {
	const page = await open({ javaScriptEnabled: false });
	const asked = new Client(server.url);
	for (const question of ["電話の盗聴を防ぐには？\n詳しく知りたいです。", "消してよい質問"])
		assert.equal((await asked.go("/questions", { method: "POST", body: new URLSearchParams({ question }), headers: { "sec-fetch-site": "same-origin" } })).status, 303);
	await page.goto(server.url + "/desk/questions");
	assert.equal(await page.locator(".asked li").count(), 2);
	const item = page.locator(".asked li", { hasText: "盗聴" });
	await item.locator('a[href^="/desk/articles/new"]').click();
	assert.equal(await page.inputValue("#title"), "電話の盗聴を防ぐには？");
	await page.goBack();
	await page.locator(".asked li", { hasText: "消して" }).locator("button").click();
	await page.waitForURL(/saved=1/);
	assert.equal(await page.locator(".asked li").count(), 1);
	await item.locator('a[href^="/desk/pins"]').click();
	assert.equal(await page.inputValue("#query"), "電話の盗聴を防ぐには？");
	await page.fill("#find", "VPN");
	await page.click('button[value="find"]');
	await page.locator('button[value^="add "]').nth(1).click();
	await page.locator('button[value^="add "]').nth(0).click();
	const chosen = () => page.locator("ol.rows .what span[lang]").allTextContents();
	const two = await chosen();
	assert.equal(two.length, 2);
	await page.locator('button[value^="up "]').nth(1).click();
	assert.deepEqual(await chosen(), [two[1], two[0]]);
	assert.equal((await page.locator(".hits").first().locator(".badge").count()), 2);
	assert.equal((await page.locator(".hits li .what").first().textContent()).trim(), two[1]);
	await page.locator('button[value="save"]').click();
	await page.waitForURL(/saved=1/);
	await page.goto(server.url + "/desk/questions");
	assert.equal(await page.locator(".asked li").count(), 0);
	const reader = await (await browser.newContext()).newPage();
	for (const until = Date.now() + 3000; ;) {
		await reader.goto(server.url + "/search?q=" + encodeURIComponent("電話の盗聴を防ぐには"));
		const first = await reader.locator("main li h2, main li h3").first().textContent();
		if (first.trim() === two[1] || Date.now() > until) {
			assert.equal(first.trim(), two[1]);
			break;
		}
	}
	await page.goto(server.url + "/desk/pins");
	await page.click(".rows a");
	await page.locator('button[value^="remove "]').first().click();
	await page.locator('button[value="save"]').click();
	await page.waitForURL(/saved=1/);
	await page.goto(server.url + "/desk/synonyms");
	await page.fill("#lines", "盗聴, 傍受\nスマホ => 携帯電話");
	await page.locator("main form button").first().click();
	await page.waitForURL(/saved=1/);
	assert.deepEqual(await page.locator(".rows a").allTextContents(), ["スマホ => 携帯電話", "盗聴, 傍受"]);
	await reader.context().close();
	await page.context().close();
});

for (const [locale, lang] of [["ja-JP", "ja"], ["en-GB", "en"]]) {
	test(`axe finds nothing on these pages, ${lang}`, async () => {
		const page = await open({ locale }), found = [];
		const look = async () => {
			assert.equal(await page.getAttribute("html", "lang"), lang);
			for (const [width, colorScheme] of [[360, "light"], [1280, "dark"]]) {
				await page.setViewportSize({ width, height: 900 });
				await page.emulateMedia({ colorScheme });
				found.push(...await violations(page));
			}
		};
		const go = async (path) => { await page.goto(server.url + path); await look(); };
		await go("/desk/categories");
		await page.locator(".handle").first().focus();
		await page.keyboard.press("Space");
		await look();
		await page.keyboard.press("Escape");
		await page.goto(server.url + (await page.getAttribute(".tree a.category", "href")));
		await look();
		await page.evaluate(() => { document.querySelector('[name="base"]').value = "past"; });
		await page.click('button[value="save"]');
		await look();
		await go(new URL(page.url()).pathname + "/articles");
		await page.click(".buttons button");
		await look();
		await go("/desk/categories/none/articles");
		await go("/desk/tags");
		await page.click(".rows a");
		await look();
		const other = await (await fetch(server.url + "/api/v1/articles/1")).json();
		await page.fill("#to", other.tags.find((t) => !page.url().includes(encodeURIComponent(t))));
		await page.click('button[value="rename"]');
		await look();
		await page.goto(server.url + "/desk/redirects/redirect");
		await page.fill("#from", `/axe-${lang}`);
		await page.fill("#find", "VPN");
		await page.click('button[value="find"]');
		await look();
		await page.check('input[name="kind"][value="path"]');
		await page.fill("#path", "https://example.org/");
		await page.locator('button[value="save"]:not(.hidden)').click();
		await look();
		await page.fill("#path", "/search?q=VPN");
		await page.locator('button[value="save"]:not(.hidden)').click();
		await page.waitForURL(/saved=1/);
		await go(`/desk/redirects?test=/axe-${lang}`);
		await page.setInputFiles("#file", { name: "r.csv", mimeType: "text/csv", buffer: Buffer.from("/x,https://example.org\n/y\n") });
		await page.click('form[action$="import"] button');
		await look();
		await go(`/desk/redirects/redirect?from=/axe-${lang}`);
		await new Client(server.url).go("/questions", { method: "POST", body: new URLSearchParams({ question: `質問 ${lang}` }), headers: { "sec-fetch-site": "same-origin" } });
		for (const path of ["/desk/questions", "/desk/searches", "/desk/pins", "/desk/pins/pin?query=VPN", "/desk/synonyms"]) await go(path);
		await page.fill("#lines", `axe${lang}`);
		await page.locator("main form button").first().click();
		await look();
		await page.fill("#lines", `axe${lang}, other${lang}`);
		await page.locator("main form button").first().click();
		await page.waitForURL(/saved=1/);
		await page.click(".rows a");
		await look();
		await page.goto(server.url + "/desk/pins/pin?query=VPN");
		await page.locator('button[value^="add "]').first().click();
		await look();
		assert.deepEqual(found, []);
		await page.context().close();
	});
}
