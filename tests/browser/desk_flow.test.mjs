/* An article's way in a browser, without script: sent for review, a passage commented, answered, sent back, approved, published
 * among others, thrown away and taken back; and axe on each of these pages, in both languages. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { launch, pictures, violations } from "../lib/browser.mjs";
import { desk, PASSWORD } from "../lib/desk.mjs";

let d, browser, url;
before(async () => {
	d = await desk(["owner", "editor", "author", "reviewer"]);
	url = d.server.url;
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await d?.close();
});

async function person(login, options) {
	const context = await browser.newContext({ reducedMotion: "reduce", locale: "ja-JP", viewport: { width: 360, height: 800 }, ...options });
	const page = await context.newPage();
	await page.goto(url + "/desk/sign-in");
	await page.fill("#login", login);
	await page.fill("#password", PASSWORD);
	await page.click("main button");
	await page.waitForURL("**/desk");
	return page;
}

test("an article's way without script, on a phone", async () => {
	const author = await person("author", { javaScriptEnabled: false }), reviewer = await person("reviewer", { javaScriptEnabled: false }), editor = await person("editor", { javaScriptEnabled: false });
	await author.goto(url + "/desk/articles/new");
	await author.fill("#title", "査読に出す記事");
	await author.fill("#body", "最初の段落。\n\n次の段落には**出典**がない。");
	await author.click('button[value="save"]');
	const article = author.url().replace(/\?.*/, "");
	await author.click(".article-state a");
	await author.selectOption("#reviewer", "reviewer");
	await author.click('form[action$="/ask"] button');
	assert.match(await author.textContent("main"), /査読待ち \(REVIEWER\)/);

	await reviewer.goto(url + "/desk/articles");
	await reviewer.click('a[href="/desk/articles?whose=waiting"]');
	await reviewer.click("text=査読に出す記事");
	await reviewer.click(".article-state a");
	await reviewer.click("#passage-2 .add a");
	await reviewer.fill("#passage-text", "出典はどこですか。");
	await reviewer.click('#passage-2 button[value="comment"]');
	assert.match(await reviewer.textContent("#passage-2 .comment"), /出典はどこですか。/);
	await reviewer.fill("#judge-text", "出典を足してください。");
	await reviewer.click('button[value="back"]');

	await author.goto(url + "/desk/articles?whose=waiting");
	await author.click("text=査読に出す記事");
	assert.match(await author.textContent(".article-state"), /未解決のコメント2件/);
	await author.click("text=読んで返信する");
	await author.click("#passage-2 summary");
	await author.fill("#passage-2 textarea", "足しました。");
	await author.click('#passage-2 button[value="answer"]');
	await author.click('#passage-2 button[value="resolve"]');
	await author.click('form[action$="/ask"] button');

	await reviewer.goto(article + "/review");
	await reviewer.click('button[value="approve"]');
	assert.match(await reviewer.textContent("main"), /承認済み/);

	/* Published among the ticked ones, then thrown away, and back. */
	await editor.goto(url + "/desk/articles?whose=waiting");
	await editor.check('input[name="article"]');
	await editor.click('button[value="publish"]');
	assert.match(await editor.textContent(".undo"), /公開しました – 査読に出す記事/);
	await editor.goto(url + "/desk/articles");
	await editor.check(`input[value="${article.match(/\d+$/)[0]}"]`);
	await editor.click('fieldset button[value="trash"]');
	assert.match(await editor.textContent(".undo"), /ゴミ箱に移しました – 査読に出す記事/);
	await editor.click(".undo button");
	assert.match(await editor.textContent("main"), /元に戻しました/);
	await editor.goto(article);
	await editor.click('.acts button[value="trash"]');
	await editor.goto(url + "/desk/trash");
	await editor.click("main form button");
	assert.match(await editor.textContent("main"), /ゴミ箱から取り出しました/);
	assert.equal(await editor.inputValue("#status"), "published");
	for (const page of [author, reviewer, editor]) await page.context().close();
});

test("to appear at a minute: chosen with the browser's own fields, and said in the list", async () => {
	const page = await person("editor", { javaScriptEnabled: false });
	await page.goto(url + "/desk/articles/new");
	await page.fill("#title", "来年の記事");
	await page.selectOption("#status", "scheduled");
	await page.click('button[value="save"]');
	assert.match(await page.textContent(".problem"), /これから先の日時/);
	await page.fill("#published-date", "2099-05-01");
	await page.fill("#published-time", "09:30");
	await page.click('button[value="save"]');
	assert.match(await page.textContent(".article-state"), /2099-05-01 09:30に公開予定/);
	await page.goto(url + "/desk/articles?status=scheduled");
	assert.match(await page.textContent(".rows"), /2099-05-01 09:30に公開予定/);
	await page.context().close();
});

for (const [locale, lang] of [["ja-JP", "ja"], ["en-GB", "en"]]) {
	test(`axe finds nothing on these pages, ${lang}`, async () => {
		const page = await person("owner", { locale });
		const found = [];
		const look = async (name) => {
			assert.equal(await page.getAttribute("html", "lang"), lang);
			for (const [width, colorScheme] of [[360, "light"], [1280, "dark"], [1280, "light"]]) {
				await page.setViewportSize({ width, height: 900 });
				await page.emulateMedia({ colorScheme });
				found.push(...await violations(page));
				if (pictures) await page.screenshot({ path: `${pictures}/${name}-${lang}-${width}-${colorScheme}.png`, fullPage: true });
			}
		};
		const go = async (path, name) => {
			await page.goto(url + path);
			await look(name);
		};
		await page.goto(url + "/desk/articles/new");
		await page.fill("#title", `An article, ${lang}`);
		await page.fill("#body", "最初の段落。\n\n## 見出し\n\n次の段落[^1]。\n\n- 一\n- 二\n\n[^1]: 出典、2024年。\n");
		await page.click('button[value="save"]');
		const article = new URL(page.url()).pathname;
		await d.people.author.send(`${article}/ask`, {});
		await page.goto(url + article + "/review");
		await page.click('form[action$="/ask"] button');
		for (const [quote, text] of [["", "全体についての意見。"], ["最初の段落。", "この段落の意見。\n二行目。"], ["消えた段落。", "昔の意見。"]]) await d.people.editor.send(`${article}/comments`, { do: "comment", quote, text });
		await page.goto(url + article + "/review");
		await page.click("#passage-1 summary");
		await page.fill("#passage-1 textarea", "返事です。");
		await page.click('#passage-1 button[value="answer"]');
		await look("review");
		await page.click('#passage-1 button[value="resolve"]');
		await go(article + "/review?passage=2", "review-passage");
		await page.click("#whole-title ~ details summary");
		await look("review-open");
		await page.fill("#judge-text", "");
		await page.click('button[value="back"]');
		await look("review-problem");
		await go(article, "edit");
		await go("/desk/articles?whose=waiting", "waiting");
		await page.goto(url + "/desk/articles");
		for (const i of [0, 1]) await page.locator('input[name="article"]').nth(i).check();
		await page.click('fieldset button[value="archive"]');
		await look("list-undo");
		await page.click(".undo button");
		await look("list-undone");
		await page.click('fieldset button[value="archive"]');
		await look("list-none");
		await page.locator('input[name="article"]').nth(0).check();
		await page.click('fieldset button[value="trash"]');
		await page.goto(url + "/desk/trash");
		await page.click("details summary");
		await look("trash");
		await page.click(".rows .what a");
		await look("edit-trash");
		await go("/desk/people", "people");
		await page.click('.rows a:has-text("AUTHOR")');
		await look("person");
		await page.click("section:last-of-type summary");
		await look("person-remove");
		assert.deepEqual(found, []);
		await page.context().close();
	});
}
