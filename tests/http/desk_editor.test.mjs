/* Writing in safety: two people at one article, drafts, forms that outlive their session, pasting, preview. No browser. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { Client, desk, formOf, PASSWORD } from "../lib/desk.mjs";

let d, hana, jiro, aya;
before(async () => {
	d = await desk({ hana: "editor", jiro: "owner", aya: "author" });
	({ hana, jiro, aya } = d.people);
});
after(() => d?.close());

const article = (c, fields) => c.article(fields);
const now = async (c, path) => formOf((await c.go(path)).text);
const choices = (page) => [...new Set([...page.matchAll(/name="(choice-\d+)"/g)].map((m) => m[1]))];

test("what two people change apart is merged and saved, of every kind of field", async () => {
	const path = await article(hana, { title: "合わせる", body: "一つ目。\n\n二つ目。\n\n三つ目。\n", tags: "a, b", summary: "要約" });
	const open = formOf((await jiro.go(path)).text);
	assert.equal((await hana.save(path, { body: "一つ目を花が変えた。\n\n二つ目。\n\n三つ目。\n", tags: "b, 花", author: "花" })).status, 303);
	const r = await jiro.post(path, open, { body: "一つ目。\n\n二つ目。\n\n三つ目を二郎が変えた。\n", tags: "a, b, 二郎", summary: "新しい要約", status: "published" });
	assert.equal(r.status, 303, r.text);
	assert.match(r.location, /saved=1&merged=1/);
	assert.match((await jiro.go(r.location)).text, /role="status">(その間に|Somebody else had saved)/);
	const f = await now(jiro, path);
	assert.equal(f.body, "一つ目を花が変えた。\n\n二つ目。\n\n三つ目を二郎が変えた。\n");
	assert.equal(f.tags, "b, 二郎, 花");
	assert.equal(f.author, "花");
	assert.equal(f.summary, "新しい要約");
	assert.equal(f.status, "published");
});

test("sentences of one paragraph are apart as well; saving the same twice is no conflict", async () => {
	const path = await article(hana, { title: "文", body: "雨が降る。風が吹く。" });
	const open = formOf((await jiro.go(path)).text);
	assert.equal((await hana.save(path, { body: "雨が強く降る。風が吹く。" })).status, 303);
	assert.equal((await jiro.post(path, open, { body: "雨が降る。風が止む。" })).status, 303);
	assert.equal((await now(hana, path)).body, "雨が強く降る。風が止む。");
	assert.equal((await jiro.post(path, open, { body: "雨が強く降る。風が止む。" })).status, 303);
});

test("where both changed the same words a person chooses, and nothing of either is lost on the way", async () => {
	const path = await article(hana, { title: "衝突", body: "初め\n\n中\n\n終わり\n", author: "" });
	const open = formOf((await jiro.go(path)).text);
	assert.equal((await hana.save(path, { body: "花の初め\n\n中\n\n花の終わり\n", author: "花" })).status, 303);
	const mine = { body: "二郎の初め\n\n中\n\n二郎の終わり\n\n二郎の追記\n", author: "二郎", tags: "二郎" };
	const asked = await jiro.post(path, open, mine);
	assert.equal(asked.status, 409);
	assert.deepEqual(choices(asked.text), ["choice-0", "choice-1", "choice-2"]);
	for (const words of ["花", "二郎", "初め", "二郎の追記"]) assert.ok(asked.text.includes(words), words);
	assert.equal(formOf(asked.text).body, mine.body);
	/* Without a choice nothing is written, and nothing of the text goes. */
	const fields = formOf(asked.text);
	for (const some of [{}, { "choice-0": "mine" }, { "choice-0": "both", "choice-1": "mine", "choice-2": "mine" }]) {
		const r = await jiro.post(path, fields, { ...some, do: "save" });
		assert.equal(r.status, 409);
		assert.equal(formOf(r.text).body, mine.body);
	}
	assert.equal((await now(jiro, path)).author, "花");
	/* Into the form first: not saved yet. */
	const picks = { "choice-0": "theirs", "choice-1": "mine", "choice-2": "both" };
	const form = await jiro.post(path, fields, { ...picks, do: "edit" });
	assert.equal(form.status, 200);
	const want = "二郎の初め\n\n中\n\n二郎の終わり\n\n二郎の追記\n\n花の終わり\n";
	assert.equal(formOf(form.text).body, want);
	assert.equal((await now(jiro, path)).body, "花の初め\n\n中\n\n花の終わり\n");
	/* Somebody saves once more meanwhile: old choices do not count for the new collision. */
	assert.equal((await hana.save(path, { body: "花の初め、再び\n\n中\n\n花の終わり\n" })).status, 303);
	const again = await jiro.post(path, fields, { ...picks, do: "save" });
	assert.equal(again.status, 409);
	const done = await jiro.post(path, formOf(again.text), { ...picks, do: "save" });
	assert.equal(done.status, 303, done.text);
	const f = await now(jiro, path);
	assert.equal(f.body, want);
	assert.equal(f.author, "花");
	assert.equal(f.tags, "二郎");
	/* Their words stand among the revisions. */
	const revisions = [...(await jiro.go(path + "/revisions")).text.matchAll(/href="(\/desk\/articles\/\d+\/revisions\/\d+)"/g)];
	const texts = await Promise.all(revisions.map(async ([, r]) => (await jiro.go(r)).text));
	assert.ok(texts.some((t) => t.includes("再び")));
});

test("an article that is published meanwhile stays as it is, and an author's text is not lost", async () => {
	const path = await article(aya, { title: "下書き", body: "文章" });
	const open = formOf((await aya.go(path)).text);
	assert.equal((await jiro.save(path, { status: "published" })).status, 303);
	const r = await aya.post(path, open, { body: "文章を直した" });
	assert.equal(r.status, 403);
	assert.match(r.text, /文章を直した/);
	assert.equal((await now(jiro, path)).body, "文章");
});

const autosave = (c, fields, changes) => c.post("/desk/articles/autosave", fields, changes);

test("a draft is kept apart, offered to its writer alone, restored, dropped, and gone once saved", async () => {
	const path = await article(hana, { title: "控え", body: "元の文章" });
	const open = formOf((await hana.go(path)).text);
	const kept = await autosave(hana, open, { body: "書きかけ\r\nの文章", title: "", tags: "x" });
	assert.equal(kept.status, 200, kept.text);
	assert.equal(JSON.parse(kept.text).changed, false);
	assert.equal((await now(jiro, path)).body, "元の文章");
	assert.doesNotMatch((await jiro.go(path)).text, /\?draft=/);
	const url = (await hana.go(path)).text.match(/href="([^"]*\?draft=[^"]*)"/)[1];
	const restored = await hana.go(url);
	let f = formOf(restored.text);
	assert.equal(f.body, "書きかけ\nの文章");
	assert.equal(f.title, "");
	assert.equal(f.tags, "x");
	assert.equal((await jiro.go(url)).status, 404);
	/* The same form again: one draft, not two. */
	await autosave(hana, formOf(restored.text), { body: "もっと" });
	assert.equal((await hana.go(path)).text.match(/\?draft=/g).length, 1);
	assert.equal((await hana.post(path, formOf((await hana.go(url)).text), { title: "控え" })).status, 303);
	assert.doesNotMatch((await hana.go(path)).text, /\?draft=/);
	f = await now(hana, path);
	assert.equal(f.body, "もっと");
	/* Dropped. */
	await autosave(hana, formOf((await hana.go(path)).text), { body: "要らない" });
	const page = (await hana.go(path)).text, csrf = page.match(/name="csrf" value="([^"]*)"/)[1], draft = page.match(/name="draft" value="([^"]*)"/)[1];
	const drop = (c, token) => c.go("/desk/drafts/drop", { method: "POST", body: new URLSearchParams({ csrf: token, draft }) });
	assert.equal((await drop(jiro, (await jiro.go("/desk")).text.match(/name="csrf" value="([^"]*)"/)[1])).status, 404);
	assert.equal((await drop(hana, csrf)).location, path);
	assert.doesNotMatch((await hana.go(path)).text, /\?draft=/);
});

test("a draft of a new article, and one whose article was changed meanwhile", async () => {
	const fresh = formOf((await aya.go("/desk/articles/new")).text);
	assert.equal((await autosave(aya, fresh, { title: "新しい", body: "新しい文章", published: "明日" })).status, 200);
	const url = (await aya.go("/desk/articles/new")).text.match(/href="([^"]*\?draft=[^"]*)"/)[1];
	assert.equal(formOf((await aya.go(url)).text).body, "新しい文章");
	const path = await article(hana, { title: "並行", body: "一\n\n二\n" });
	const open = formOf((await hana.go(path)).text);
	assert.equal((await jiro.save(path, { body: "一\n\n二郎の二\n" })).status, 303);
	assert.equal(JSON.parse((await autosave(hana, open, { body: "花の一\n\n二\n" })).text).changed, true);
	const draft = (await hana.go(path)).text.match(/href="([^"]*\?draft=[^"]*)"/)[1];
	assert.equal((await hana.post(path, formOf((await hana.go(draft)).text), {})).status, 303);
	assert.equal((await now(hana, path)).body, "花の一\n\n二郎の二\n");
});

test("drafts are bounded, need the form's token and the right to change the article", async () => {
	const path = await article(hana, { title: "限り", body: "x" });
	const open = formOf((await hana.go(path)).text), foreign = formOf((await aya.go("/desk/articles/new")).text);
	assert.equal((await autosave(hana, open, { csrf: "0".repeat(64) })).status, 403);
	assert.equal((await autosave(new Client(d), open, {})).status, 403);
	assert.equal((await autosave(aya, foreign, { article: path.match(/\d+/)[0] })).status, 403);
	assert.equal((await autosave(hana, open, { article: "999999" })).status, 404);
	assert.equal((await autosave(hana, open, { draft: "x" })).status, 400);
	assert.equal((await autosave(hana, open, { draft: "../../../etc/passwd" })).status, 400);
	for (let i = 0; i < 55; i++) assert.equal((await autosave(hana, open, { draft: "token-number-" + String(i).padStart(4, "0") })).status, 200);
	assert.equal((await hana.go(path)).text.match(/\?draft=/g).length, 50);
});

test("a form that comes after its session has ended is held, and sent again after signing in", async () => {
	const path = await article(hana, { title: "長い時間", body: "元" });
	const open = formOf((await hana.go(path)).text);
	const session = { ...hana.cookies };
	delete hana.cookies.kairan_desk;
	const typed = "一晩かけて書いた文章 <b>&amp;\n\n\"二段目\"";
	const held = await hana.post(path, open, { body: typed, do: "save" });
	assert.equal(held.status, 403);
	let fields = formOf(held.text);
	assert.equal(fields.body, typed);
	assert.equal(fields.go, path);
	/* A wrong password loses nothing; nor does a cookie that is gone. */
	const wrong = await hana.post("/desk/sign-in/again", fields, { "who-login": "hana", "who-password": "not this one" });
	assert.equal(wrong.status, 403);
	assert.equal(formOf(wrong.text).body, typed);
	delete hana.cookies.kairan_form;
	const lost = await hana.post("/desk/sign-in/again", formOf(wrong.text), { "who-login": "hana", "who-password": PASSWORD });
	assert.equal(lost.status, 403);
	assert.equal(hana.cookies.kairan_desk, undefined);
	const back = await hana.post("/desk/sign-in/again", formOf(lost.text), { "who-login": "hana", "who-password": PASSWORD });
	assert.equal(back.status, 200, back.text);
	assert.ok(hana.cookies.kairan_desk && hana.cookies.kairan_desk !== session.kairan_desk);
	assert.doesNotMatch(back.text, /who-password|correct horse/);
	assert.match(back.text, new RegExp(`action="${path}"`));
	assert.equal((await now(hana, path)).body, "元");
	assert.equal((await hana.post(path, formOf(back.text))).status, 303);
	assert.equal((await now(hana, path)).body, typed);
	/* An old form after signing in elsewhere. */
	const stale = await hana.post(path, open, { body: "古いフォームの文章" });
	assert.equal(stale.status, 403);
	assert.equal((await hana.post(path, formOf(stale.text))).status, 409);
});

test("a held form goes to the desk alone, and passwords are not given back", async () => {
	const c = new Client(d);
	const held = await c.post("/desk/account/password", { old: "my old secret", password: "my new secret", again: "my new secret", note: "stays" });
	assert.equal(held.status, 403);
	assert.doesNotMatch(held.text, /secret/);
	assert.match(held.text, /name="note" value="stays"/);
	for (const go of ["https://evil.example/", "//evil.example/", "/desk//evil.example", "/articles/vpn", "/desk/../x", "/desk/sign-in", "/desk/a?b=c", "javascript:alert(1)", ""]) {
		const r = await jiro.post("/desk/sign-in/again", { go, body: "x" });
		assert.equal(r.status, 403, go);
		assert.doesNotMatch(r.text, /<form class="fields" action/, go);
	}
	const other = await jiro.go("/desk/sign-in/again", { method: "POST", body: new URLSearchParams({ go: "/desk/articles/new" }), headers: { "sec-fetch-site": "cross-site" } });
	assert.equal(other.status, 403);
});

test("a preview alone, and what is pasted as Markdown; without script too", async () => {
	const open = formOf((await hana.go("/desk/articles/new")).text);
	const sheet = await hana.post("/desk/articles/preview", open, { title: "", body: "## 見出し\n\n{漢字|かんじ}<script>alert(1)</script>" });
	assert.equal(sheet.status, 200);
	assert.match(sheet.text, /^<div class="sheet"/);
	assert.match(sheet.text, /<ruby>漢字<rp>/);
	assert.doesNotMatch(sheet.text, /<script|<html/);
	const csrf = open.csrf, html = "<h2>見出し</h2><p><b>太字</b>と<a href='https://example.org/'>リンク</a></p><ul><li>一</ul>";
	const paste = (c, fields) => c.go("/desk/paste", { method: "POST", body: new URLSearchParams(fields) });
	const r = await paste(hana, { csrf, html });
	assert.equal(r.type, "text/plain; charset=utf-8");
	assert.equal(r.text, "## 見出し\n\n**太字**と[リンク](https://example.org/)\n\n- 一\n");
	assert.equal((await paste(hana, { csrf, html: "<p onclick=x>a<script>b</script>", format: "html" })).text, "<p>a</p>");
	assert.equal((await paste(hana, { csrf: "x", html })).status, 403);
	const field = await hana.post("/desk/articles/new", open, { body: "前の文章\n", paste_html: html, do: "paste", title: "" });
	assert.equal(field.status, 200);
	assert.equal(formOf(field.text).body, "前の文章\n\n## 見出し\n\n**太字**と[リンク](https://example.org/)\n\n- 一\n");
	const file = await hana.post("/desk/articles/new", open, { body: "", paste_file: new File([html], "a.html", { type: "text/html" }), do: "paste" });
	assert.match(formOf(file.text).body, /^## 見出し/);
});

test("an article may stand in more than sixty categories", async () => {
	const path = await article(hana, { title: "多く", body: "x" });
	const csrf = formOf((await hana.go(path)).text).csrf;
	assert.ok(csrf);
	const boxes = Array.from({ length: 300 }, (_, i) => String(i + 1));
	assert.equal((await hana.save(path, { category: boxes })).status, 303);
});
