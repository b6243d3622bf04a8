/* Translating in a browser: a translation from its start to the notice that it is behind, without script; the script's
 * comfort, with an input method; axe on every page, in both languages. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { launch, violations } from "../lib/browser.mjs";
import { start, site } from "../lib/kairan.mjs";
import { PASSWORD } from "../lib/desk.mjs";

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

async function enter(page, login, role) {
	const link = s.run("user", "add", "--role", role, "--name", login, login).trim();
	await page.goto(server.url + link);
	await page.fill("#password", PASSWORD);
	await page.fill("#again", PASSWORD);
	await page.click("main button");
	await page.waitForURL("**/desk/sign-in");
	await page.fill("#login", login);
	await page.fill("#password", PASSWORD);
	await page.click('main form button[type="submit"]');
	await page.waitForURL("**/desk");
}

/* The pages' policy lets nothing be evaluated as text, so this asks again and again. */
async function until(page, look, what = String(look)) {
	const end = Date.now() + 10000;
	while (!await page.evaluate(look)) {
		assert.ok(Date.now() < end, what);
		await new Promise((r) => setTimeout(r, 50));
	}
}

const TEXT = "# Courts in secret\n\nThe court met on **5 May** and said nothing[^1].\n\n- One judge\n- See [the report](https://example.org/r)\n\nNobody knows why.\n\n[^1]: The report, 2024.\n";

test("without script: from a pasted text to a public page, and behind its original", async () => {
	const context = await browser.newContext({ javaScriptEnabled: false, reducedMotion: "reduce", locale: "ja-JP", viewport: { width: 360, height: 800 } });
	const page = await context.newPage(), strangers = [];
	page.on("request", (r) => { if (!r.url().startsWith(server.url)) strangers.push(r.url()); });
	await enter(page, "hana", "editor");
	await page.click('header.desk a[href="/desk/translate"]');
	await page.click('a[href="/desk/translate/new"]');
	await page.fill("#text", TEXT);
	await page.fill("#url", "https://example.org/courts");
	await page.selectOption("#lang", "ja");
	await page.click(".buttons button");
	await page.waitForURL(/\/desk\/translate\/\d+$/);
	assert.equal(await page.locator(".block").count(), 6);
	const words = ["秘密の法廷", "法廷は**5月5日**に開かれ、何も言わなかった[^1]。", "裁判官は一人", "[報告書](https://example.org/r)を見よ", "理由は誰も知らない。"];
	for (const [i, text] of words.entries()) await page.locator(".block textarea[name^=t]").nth(i).fill(text);
	for (let i = 0; i < 5; i++) await page.locator(".block input[type=checkbox]").nth(i).check();
	await page.locator(".block").nth(1).locator('button[value^="save-"]').click();
	await page.waitForURL(/saved=1#b\d+$/);
	assert.match(await page.textContent("#progress"), /6のうち5/);
	assert.equal(await page.locator(".term.lacks").count(), 0);
	/* The link leads to what is left. */
	const left = await page.getAttribute("#next-open", "href");
	assert.ok(await page.locator(`${left} .badge.draft`).isVisible());
	await page.locator(`${left} input[type=checkbox]`).check();
	await page.fill("#original_licence", "CC BY-SA 4.0");
	await page.fill("#preface", "短い前書き。");
	await page.locator('.buttons button[value="save"]').click();
	await page.waitForURL(/saved=1$/);
	await page.click('button[value="put"]');
	await page.waitForURL(/put=1$/);
	const work = page.url().replace(/\?.*/, "");
	await page.locator(".note a").click();
	assert.equal(await page.inputValue("#title"), "秘密の法廷");
	assert.equal(await page.inputValue("#original_url"), "https://example.org/courts");
	await page.selectOption("#status", "published");
	await page.click('button[value="save"]');
	await page.waitForURL(/saved=1/);
	const address = await page.getAttribute('p.turn a[href*="/articles/"]:not([href*="desk"])', "href");
	const reader = await (await browser.newContext({ locale: "ja-JP" })).newPage();
	await reader.goto(server.url + address);
	assert.equal(await reader.textContent("h1"), "秘密の法廷");
	assert.equal(await reader.textContent(".preface p:not(.label)"), "短い前書き。");
	assert.match(await reader.textContent(".original"), /CC BY-SA 4\.0 クリエイティブ・コモンズ 表示・継承/);
	assert.equal(await reader.locator(".behind").count(), 0);
	/* A new text of the original. */
	await page.goto(work);
	await page.locator("summary", { hasText: "新しいものを渡す" }).click();
	await page.fill("#text", TEXT.replace("Nobody knows why.", "Nobody knows why it did."));
	await page.locator('form[action$="/original"] button').click();
	await page.waitForURL(/saved=1$/);
	assert.equal(await page.locator(".block.changed").count(), 1);
	assert.equal(await page.textContent(".block.changed ins"), " it did");
	await reader.reload();
	assert.match(await reader.textContent(".behind"), /この翻訳は原文の古い版によるものです（原文の変更：\d+年\d+月\d+日）。/);
	assert.deepEqual(await violations(reader), []);
	await page.locator(".block.changed textarea[name^=t]").fill("なぜそうしたのかは誰も知らない。");
	await page.locator(".block.changed input[type=checkbox]").check();
	await page.locator('.progress-line button').click();
	await page.waitForURL(/saved=1$/);
	await page.click('button[value="put"]');
	await page.waitForURL(/put=1$/);
	await reader.reload();
	assert.equal(await reader.locator(".behind").count(), 0);
	assert.match(await reader.textContent(".body"), /なぜそうしたのか/);
	assert.deepEqual(strangers, []);
	await reader.context().close();
	await context.close();
});

test("with script: a block is saved by itself, a key leads on, an agreed word is put in, an input method is left alone", async () => {
	const context = await browser.newContext({ reducedMotion: "reduce", locale: "en-GB" });
	const page = await context.newPage(), errors = [];
	page.on("pageerror", (e) => errors.push(String(e)));
	await enter(page, "jiro", "translator");
	await page.goto(server.url + "/desk/glossary");
	await page.fill("#name", "court");
	await page.fill("#word", "法廷");
	await page.click('button[value="save"]');
	await page.waitForURL(/saved=1/);
	await page.goto(server.url + "/desk/translate/new");
	await page.fill("#text", TEXT);
	await page.selectOption("#lang", "ja");
	await page.click(".buttons button");
	await page.waitForURL(/\/desk\/translate\/\d+$/);
	const block = (i) => page.locator(".block").nth(i), area = (i) => block(i).locator("textarea[name^=t]");
	const saved = () => until(page, () => document.getElementById("autosave").textContent === "Saved.");
	await block(1).locator("button.word").click();
	assert.equal(await area(1).inputValue(), "法廷");
	await area(1).press("End");
	await area(1).pressSequentially("は5月5日に開かれた[^1]。");
	await saved();
	assert.ok(await block(1).locator(".badge.draft").isVisible());
	assert.equal(await block(1).locator(".term.lacks").count(), 0);
	/* Ctrl+Enter: done, and on to the next. */
	await area(1).press("Control+Enter");
	await until(page, () => document.querySelectorAll(".block")[1].classList.contains("done"));
	assert.equal(await page.evaluate(() => document.activeElement.closest(".block") === document.querySelectorAll(".block")[2]), true);
	assert.equal(await page.textContent("#progress"), "1 of 6 done");
	/* While something is being composed nothing is sent and no key is taken. */
	const cdp = await context.newCDPSession(page);
	let sent = 0;
	page.on("request", (r) => { if (r.url().endsWith("/block")) sent++; });
	await area(2).focus();
	await cdp.send("Input.imeSetComposition", { text: "さいばん", selectionStart: 4, selectionEnd: 4 });
	await page.waitForTimeout(2000);
	assert.equal(sent, 0);
	await cdp.send("Input.insertText", { text: "裁判官" });
	await until(page, () => document.querySelectorAll(".block")[2].classList.contains("draft"));
	assert.ok(sent >= 1);
	/* Another tab wrote to the same block: told, and both texts after saving. */
	const other = await context.newPage();
	await other.goto(page.url());
	await other.locator(".block").nth(3).locator("textarea[name^=t]").fill("よその訳");
	await until(other, () => document.getElementById("autosave").textContent === "Saved.");
	await area(3).fill("こちらの訳");
	await until(page, () => /Somebody else/.test(document.getElementById("autosave").textContent));
	await page.locator(".progress-line button").click();
	assert.equal(await page.textContent(".conflict .theirs"), "よその訳");
	assert.equal(await area(3).inputValue(), "こちらの訳");
	await page.locator(".progress-line button").click();
	await page.waitForURL(/saved=1$/);
	/* The network goes and comes back: nothing is lost. */
	await context.setOffline(true);
	await area(4).fill("電波のない訳");
	await until(page, () => /Not saved/.test(document.getElementById("autosave").textContent));
	await context.setOffline(false);
	await area(4).blur();
	await saved();
	await page.reload();
	assert.equal(await area(4).inputValue(), "電波のない訳");
	assert.deepEqual(errors, []);
	await context.close();
});

for (const [locale, lang] of [["ja-JP", "ja"], ["en-GB", "en"]]) {
	test(`axe finds nothing on the pages about translating, ${lang}`, async () => {
		const context = await browser.newContext({ reducedMotion: "reduce", locale });
		const page = await context.newPage();
		const found = [];
		let shots = 0;
		const look = async () => {
			assert.equal(await page.getAttribute("html", "lang"), lang);
			for (const [width, colorScheme] of [[360, "light"], [1280, "dark"]]) {
				await page.setViewportSize({ width, height: 900 });
				await page.emulateMedia({ colorScheme });
				found.push(...await violations(page));
				if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${lang}-${width}-${++shots}.png`, fullPage: true });
			}
		};
		await enter(page, `axe-${lang}`, "owner");
		await page.goto(server.url + "/desk/translate/new?article=1");
		await look();
		await page.click(".buttons button");
		await page.waitForURL(/\/desk\/translate\/\d+$/);
		await look();
		await page.goto(server.url + "/desk/translate/new");
		await page.fill("#text", TEXT + "\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n\n---\n\n> said\n");
		await page.selectOption("#lang", "ja");
		await page.fill("#url", "https://example.org/axe");
		await page.click(".buttons button");
		await page.waitForURL(/\/desk\/translate\/\d+$/);
		await page.locator(".block textarea[name^=t]").nth(1).fill("何もない。");
		await page.locator(".block input[type=checkbox]").nth(1).check();
		await page.fill("#original_licence", "All rights reserved");
		await page.locator('.buttons button[value="save"]').click();
		await page.waitForURL(/saved=1$/);
		await page.click('button[value="put"]');
		await page.waitForURL(/put=1$/);
		await look();
		await page.locator(".note a").click();
		await page.fill("#body", "別のところで書いた文章。");
		await page.click('button[value="save"]');
		await page.waitForURL(/saved=1/);
		await page.goto(server.url + "/desk/translate");
		await page.locator(".rows a").first().click();
		await page.locator('form[action$="/original"] #text').evaluate((t, text) => { t.value = text; }, TEXT.replace("5 May", "6 May"));
		await page.locator('form[action$="/original"]').evaluate((f) => f.submit());
		await page.waitForURL(/saved=1$/);
		assert.ok(await page.locator("#behind-title").isVisible() && await page.locator("#elsewhere-title").isVisible());
		await look();
		await page.goto(server.url + "/desk/translate");
		await look();
		await page.goto(server.url + "/desk/glossary");
		await page.fill("#name", `secret ${lang}`);
		await page.fill("#word", "秘密");
		await page.click('button[value="save"]');
		await page.waitForURL(/saved=1/);
		await look();
		await page.click("tbody a");
		await look();
		assert.deepEqual(found, []);
		await context.close();
	});
}
