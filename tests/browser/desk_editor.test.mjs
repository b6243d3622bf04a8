/* The editor in a browser: the network dies while somebody types, the session ends, two people collide, pasting, keys and
 * the input method; each with what holds without script; axe on all of it. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { launch, violations } from "../lib/browser.mjs";
import { start, site } from "../lib/kairan.mjs";

const PASSWORD = "正しい馬と電池とホチキス";

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

/* Somebody who is in, in a window of their own. */
async function person(login, options = {}) {
	const context = await browser.newContext({ reducedMotion: "reduce", locale: "ja-JP", viewport: { width: 1280, height: 900 }, ...options });
	const page = await context.newPage();
	page.errors = [];
	page.on("pageerror", (e) => page.errors.push(String(e)));
	page.on("console", (m) => { if (m.type() === "error" && !/Failed to load resource|ERR_INTERNET/.test(m.text())) page.errors.push(m.text()); });
	const link = s.run("user", "add", "--role", "editor", "--name", login, login).trim();
	await page.goto(server.url + link);
	await page.fill("#password", PASSWORD);
	await page.fill("#again", PASSWORD);
	await page.click("main button");
	await page.waitForURL("**/desk/sign-in");
	await enter(page, login);
	return page;
}

async function enter(page, login) {
	await page.goto(server.url + "/desk/sign-in");
	await page.fill("#login", login);
	await page.fill("#password", PASSWORD);
	await page.click("main form button");
	await page.waitForURL("**/desk");
}

async function article(page, title, body) {
	await page.goto(server.url + "/desk/articles/new");
	await page.fill("#title", title);
	await page.fill("#body", body);
	await page.click("#save");
	await page.waitForURL(/saved=1/);
	return page.url().replace(/\?.*/, "");
}

const value = (page) => page.inputValue("#body");
/* The pages' policy forbids what playwright's own waiting needs. */
async function until(page, holds, words) {
	const end = Date.now() + 20000;
	while (!await page.evaluate(holds, words)) {
		assert.ok(Date.now() < end, `in time: ${words ?? holds}`);
		await page.waitForTimeout(50);
	}
}
const state = (page, words) => until(page, (w) => document.querySelector(".state").textContent.includes(w), words);

test("the network dies while somebody types, then the browser: the text is offered back", async () => {
	const page = await person("network");
	const path = await article(page, "通信", "元の文章");
	await page.context().setOffline(true);
	await page.fill("#body", "電車の中で書いた文章");
	await state(page, "ネットワーク");
	/* The window dies with it: nothing more is sent. */
	await page.route("**/autosave", (route) => route.abort());
	await page.context().setOffline(false);
	await page.goto(path);
	assert.equal(await value(page), "元の文章");
	await page.unroute("**/autosave");
	assert.ok(await page.locator(".local").isVisible());
	await page.click('.local button[data-do="restore"]');
	assert.equal(await value(page), "電車の中で書いた文章");
	await state(page, "下書き");
	assert.equal(await page.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith("kairan:") && k.includes("articles")).length), 0);
	/* Now the server has it: another browser of the same person is offered it, without script too. */
	const cookies = await page.context().cookies();
	const bare = await browser.newContext({ javaScriptEnabled: false, locale: "ja-JP" });
	await bare.addCookies(cookies);
	const second = await bare.newPage();
	await second.goto(path);
	await second.click('.drafts a[href*="?draft="]');
	assert.equal(await value(second), "電車の中で書いた文章");
	await second.click("#save");
	await second.waitForURL(/saved=1/);
	await second.goto(path);
	assert.equal(await value(second), "電車の中で書いた文章");
	assert.equal(await second.locator(".drafts").count(), 0);
	/* And what is saved is offered nowhere any more. */
	await page.goto(path);
	assert.ok(await page.locator(".local").isHidden());
	assert.deepEqual(page.errors, []);
	await bare.close();
	await page.context().close();
});

test("what is saved while the answer is lost is still there", async () => {
	const page = await person("answer");
	const path = await article(page, "返事", "元の文章");
	await page.fill("#body", "送信中に途切れた文章");
	await page.route("**/desk/articles/*", (route) => route.request().method() === "POST" ? route.abort() : route.continue());
	await page.click("#save").catch(() => {});
	await page.waitForTimeout(300);
	await page.unroute("**/desk/articles/*");
	await page.goto(path);
	assert.ok(await page.locator(".local").isVisible());
	await page.click('.local button[data-do="restore"]');
	assert.equal(await value(page), "送信中に途切れた文章");
	await page.context().close();
});

test("the session ends while somebody types: signed in again in another window, the form goes on by itself", async () => {
	const page = await person("session");
	const path = await article(page, "夜", "元の文章");
	await page.context().clearCookies();
	await page.fill("#body", "一晩かけて書いた文章");
	await state(page, "セッション");
	const other = await page.context().newPage();
	await enter(other, "session");
	await other.close();
	await page.locator("#body").press("End");
	await page.keyboard.type("。");
	await state(page, "下書き");
	await page.click("#save");
	await page.waitForURL(/saved=1/);
	await page.goto(path);
	assert.equal(await value(page), "一晩かけて書いた文章。");
	assert.deepEqual(page.errors, []);
	await page.context().close();
});

test("the session ends without script: the form is held, sent again, and saved", async () => {
	const page = await person("noscript", { javaScriptEnabled: false, viewport: { width: 360, height: 800 } });
	const path = await article(page, "夜なべ", "元の文章");
	await page.context().clearCookies();
	const typed = "一段目\n\n\"二段目\" <b>と&amp;";
	await page.fill("#body", typed);
	await page.click("#save");
	assert.match(await page.textContent("h1"), /セッション/);
	await page.fill("#login", "noscript");
	await page.fill("#password", PASSWORD);
	await page.click("main form button");
	await page.click('main form[action^="/desk/articles/"] button');
	await page.waitForURL(/saved=1/);
	await page.goto(path);
	assert.equal(await value(page), typed);
	await page.context().close();
});

for (const script of [true, false]) {
	test(`two people collide, ${script ? "with" : "without"} script: what is apart is merged, what overlaps is chosen`, async () => {
		const one = await person(`one-${script}`, { javaScriptEnabled: script }), two = await person(`two-${script}`, { javaScriptEnabled: script });
		const path = await article(one, `二人 ${script}`, "初め\n\n中ほど\n\n終わり");
		await one.goto(path);
		await two.goto(path);
		await one.fill("#body", "一の初め\n\n中ほど\n\n終わり");
		await one.click("#save");
		await one.waitForURL(/saved=1/);
		await two.fill("#body", "初め\n\n中ほど\n\n二の終わり");
		await two.click("#save");
		await two.waitForURL(/merged=1/);
		await two.goto(path);
		assert.equal(await value(two), "一の初め\n\n中ほど\n\n二の終わり");
		await one.goto(path);
		await one.fill("#body", "一の初め、再び\n\n中ほど\n\n二の終わり");
		await one.click("#save");
		await one.waitForURL(/saved=1/);
		await two.fill("#body", "二の初め\n\n中ほど\n\n二の終わり");
		await two.fill("#tags", "二");
		await two.click("#save");
		await two.waitForSelector(".overlap");
		assert.match(await two.textContent(".overlap"), /一の初め、再び/);
		await two.check('.overlap input[value="both"]');
		await two.click('button[value="edit"]');
		await two.waitForSelector("#body");
		assert.equal(await value(two), "二の初め\n\n一の初め、再び\n\n中ほど\n\n二の終わり");
		assert.equal(await two.inputValue("#tags"), "二");
		await two.click("#save");
		await two.waitForURL(/saved=1/);
		assert.deepEqual([...one.errors, ...two.errors], []);
		await one.context().close();
		await two.context().close();
	});
}

const select = (page, from, to) => page.evaluate(([a, b]) => {
	const text = document.getElementById("body");
	text.focus();
	text.setSelectionRange(a, b);
}, [from, to]);

test("keys and buttons write Markdown, undo takes it back, Ctrl+S saves, and the list of keys opens", async () => {
	const page = await person("keys");
	await page.goto(server.url + "/desk/articles/new");
	await page.fill("#title", "鍵");
	const cases = [
		["Control+b", "言葉", "**言葉**"], ["Control+i", "言葉", "*言葉*"], ["Control+k", "言葉", "[言葉](https://)"], ["Control+k", "https://example.org", "[](https://example.org)"],
		["Control+Shift+Digit2", "言葉", "## 言葉"], ["Control+Shift+Digit3", "## 言葉", "### 言葉"], ["Control+Shift+Digit5", "漢字", "{漢字|}"],
		["Control+Shift+Digit6", "文", "文[^1]\n\n[^1]: "], ["Control+Shift+Digit7", "a\nb", "1. a\n2. b"], ["Control+Shift+Digit8", "a\nb", "- a\n- b"], ["Control+Shift+Digit9", "a\nb", "> a\n> b"],
	];
	for (const [key, before, after] of cases) {
		await page.fill("#body", before);
		await select(page, 0, before.length);
		await page.keyboard.press(key);
		assert.equal(await value(page), after, key);
	}
	await page.fill("#body", "言葉");
	await select(page, 0, 2);
	await page.keyboard.press("Control+b");
	await page.keyboard.press("Control+b");
	assert.equal(await value(page), "言葉");
	await page.keyboard.press("Control+b");
	await page.keyboard.press("Control+z");
	assert.equal(await value(page), "言葉");
	await page.click('.tools button[data-do="table"]');
	assert.match(await value(page), /^言葉\n\n\|  \|  \|\n\| --- \| --- \|/);
	/* One stop of the Tab key, arrows inside. */
	assert.equal(await page.locator('.tools button[tabindex="0"]').count(), 1);
	await page.locator('.tools button[data-do="bold"]').focus();
	await page.keyboard.press("ArrowRight");
	assert.equal(await page.evaluate(() => document.activeElement.dataset.do), "italic");
	await page.keyboard.press("Control+/");
	assert.ok(await page.locator("dialog.keys").isVisible());
	await page.keyboard.press("Escape");
	assert.ok(await page.locator("dialog.keys").isHidden());
	await page.locator("#body").focus();
	await page.keyboard.press("Control+s");
	await page.waitForURL(/saved=1/);
	assert.deepEqual(page.errors, []);
	await page.context().close();
});

test("while an input method composes, no key is taken and nothing is sent", async () => {
	const page = await person("ime");
	const path = await article(page, "変換", "文");
	const sent = [];
	page.on("request", (r) => { if (r.method() === "POST") sent.push(r.url()); });
	await select(page, 1, 1);
	const cdp = await page.context().newCDPSession(page);
	await cdp.send("Input.imeSetComposition", { text: "にほんご", selectionStart: 4, selectionEnd: 4 });
	await page.evaluate(() => document.getElementById("body").dispatchEvent(new KeyboardEvent("keydown", { key: "s", code: "KeyS", ctrlKey: true, isComposing: true, bubbles: true, cancelable: true })));
	await page.waitForTimeout(4500);
	assert.deepEqual(sent, []);
	assert.equal(page.url().replace(/\?.*/, ""), path);
	await cdp.send("Input.insertText", { text: "日本語" });
	await state(page, "下書き");
	assert.equal(await value(page), "文日本語");
	assert.ok(sent.some((url) => url.endsWith("/autosave")));
	await page.context().close();
});

test("what is copied from a page is pasted as Markdown, and plainly where that is asked or the server is away", async () => {
	const page = await person("paste");
	await page.goto(server.url + "/desk/articles/new");
	const paste = (html, plain) => page.evaluate(([h, p]) => {
		const data = new DataTransfer();
		if (h) data.setData("text/html", h);
		data.setData("text/plain", p);
		document.getElementById("body").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
	}, [html, plain]);
	await page.fill("#body", "前後");
	await select(page, 1, 1);
	await paste("<h2>見出し</h2><p><b>太字</b>と<a href='https://example.org/'>リンク</a></p>", "見出し");
	await until(page, () => document.getElementById("body").value.includes("太字"));
	assert.equal(await value(page), "前## 見出し\n\n**太字**と[リンク](https://example.org/)後");
	await page.keyboard.press("Control+z");
	assert.equal(await value(page), "前後");
	await page.context().setOffline(true);
	await select(page, 2, 2);
	await paste("<b>太字</b>", "太字だけ");
	await until(page, () => document.getElementById("body").value.includes("太字だけ"));
	assert.equal(await value(page), "前後太字だけ");
	assert.deepEqual(page.errors, []);
	await page.context().close();
});

test("the preview stands beside the text and follows it; its links do not take the form away", async () => {
	const page = await person("beside");
	await page.goto(server.url + "/desk/articles/new");
	await page.fill("#title", "題名");
	await page.fill("#body", "## 見出し\n\n**太字**と{漢字|かんじ} [リンク](/articles/vpn)");
	await page.waitForSelector(".beside h2");
	assert.equal(await page.textContent(".beside strong"), "太字");
	const boxes = await page.evaluate(() => [document.getElementById("body"), document.querySelector(".beside")].map((e) => e.getBoundingClientRect().left));
	assert.ok(boxes[1] > boxes[0] + 200, "beside");
	const [opened] = await Promise.all([page.context().waitForEvent("page"), page.click(".beside a")]);
	await opened.close();
	assert.match(page.url(), /articles\/new/);
	await page.click('.tools button[data-do="beside"]');
	assert.ok(await page.locator(".beside").isHidden());
	await page.reload();
	assert.ok(await page.locator(".beside").isHidden());
	assert.deepEqual(page.errors, []);
	await page.context().close();
});

test("without script HTML is put into the text by a field of its own", async () => {
	const page = await person("field", { javaScriptEnabled: false });
	await page.goto(server.url + "/desk/articles/new");
	await page.click("details.paste summary");
	await page.fill("#paste_html", "<ul><li>一<li>二</ul>");
	await page.click('button[value="paste"]');
	assert.equal(await value(page), "- 一\n- 二\n");
	await page.context().close();
});

for (const [locale, lang] of [["ja-JP", "ja"], ["en-GB", "en"]]) {
	test(`axe finds nothing in the editor, ${lang}`, async () => {
		const page = await person(`axe-${lang}`, { locale }), found = [];
		const look = async () => {
			assert.equal(await page.getAttribute("html", "lang"), lang);
			for (const [width, colorScheme] of [[360, "light"], [1280, "dark"]]) {
				await page.setViewportSize({ width, height: 900 });
				await page.emulateMedia({ colorScheme });
				found.push(...await violations(page));
				if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${lang}-${width}-${shots++}.png`, fullPage: true });
			}
		};
		let shots = 0;
		const path = await article(page, "見る", "初め\n\n終わり");
		await page.fill("#body", "## 見出し\n\n文章[^1]。\n\n[^1]: 出典");
		await until(page, () => document.querySelector(".beside h2") && document.querySelector(".state").textContent);
		await look();
		await page.keyboard.press("Control+/");
		await look();
		await page.keyboard.press("Escape");
		await page.evaluate(() => localStorage.setItem("kairan:" + document.getElementById("article-form").dataset.user + ":" + new URL(document.getElementById("article-form").action).pathname, JSON.stringify({ at: Date.now(), fields: [["title", "題"], ["body", "x"]] })));
		await page.route("**/autosave", (route) => route.abort());
		await page.goto(path);
		assert.ok(await page.locator(".local").isVisible() && await page.locator(".drafts").isVisible());
		await look();
		const other = await page.context().newPage();
		await other.goto(path);
		await other.fill("#body", "他の人の初め\n\n終わり");
		await other.fill("#author", "他");
		await other.click("#save");
		await other.waitForURL(/saved=1/);
		await other.close();
		await page.fill("#body", "自分の初め\n\n終わり");
		await page.fill("#author", "自");
		await page.click("#save");
		await page.waitForSelector(".overlap");
		await look();
		await page.goto(path);
		await page.context().clearCookies();
		await page.fill("#body", "セッションの後の長い長い長い文章");
		await page.click("#save");
		await page.waitForSelector('input[name="go"]', { state: "attached" });
		await look();
		await page.fill("#login", `axe-${lang}`);
		await page.fill("#password", PASSWORD);
		await page.click("main form button");
		await page.waitForSelector('main form[action^="/desk/articles/"]');
		await look();
		assert.deepEqual(found, []);
		await page.context().close();
	});
}
