/* An article's way at the desk, from outside: trash and undo, many at once, scheduled to the minute, reviewed. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { desk, Client, formOf, number, until, ROLES } from "../lib/desk.mjs";

let d, people, reader;
before(async () => {
	d = await desk();
	people = d.people;
	reader = new Client(d);
});
after(() => d?.close());

const act = (c, what, paths, more = {}) => c.send("/desk/articles/act", { do: what, article: [paths].flat().map(number), ...more });
const undoOf = (location) => location.match(/undo=(\d+)/)[1];
const status = async (path) => formOf((await people.owner.go(path)).text).status;
const seen = (path) => until(async () => (await reader.go(path)).status === 200, 3000, `${path} is there`);
const gone = (path) => until(async () => (await reader.go(path)).status === 404, 3000, `${path} is gone`);

test("the trash hides an article from readers and lists, and undo brings it back", async () => {
	const c = people.editor;
	const path = await c.article({ title: "ゴミ箱の試験", body: "希少語句についての本文", slug: "to-trash", status: "published", main: "1", tags: "試験札" });
	await c.save(path, { slug: "trash-me" });
	await seen("/articles/trash-me");
	const find = async () => /trash-me/.test((await reader.go("/search?q=" + encodeURIComponent("希少語句"))).text);
	await until(find, 3000, "the search finds it");
	const r = await act(c, "trash", path);
	assert.equal(r.status, 303);
	await gone("/articles/trash-me");
	assert.equal((await reader.go("/articles/to-trash")).status, 404);
	await until(async () => !(await find()), 3000, "the search finds it no more");
	for (const page of ["/", "/feed.atom", "/sitemap.xml", "/api/v1/articles?per_page=100"]) assert.doesNotMatch((await reader.go(page)).text, /trash-me/, page);
	assert.equal((await reader.go("/tags/" + encodeURIComponent("試験札"))).status, 404);
	const list = (await c.go(r.location)).text;
	assert.match(list, /ゴミ箱に移しました – <b>ゴミ箱の試験<\/b>|Moved to the trash – <b>ゴミ箱の試験<\/b>/);
	assert.doesNotMatch(list, new RegExp(`class="what"><a href="${path}"`));
	assert.match((await c.go("/desk/trash")).text, new RegExp(path));
	/* Its form can be read, not sent; nobody else can take it back. */
	assert.doesNotMatch((await c.go(path)).text, /name="do" value="save"/);
	assert.equal((await people.owner.send("/desk/undo", { undo: undoOf(r.location) })).status, 404);
	const back = await c.send("/desk/undo", { undo: undoOf(r.location) });
	assert.equal(back.location, "/desk/articles?undone=1");
	assert.match((await c.go(back.location)).text, /元に戻しました|as it was before/);
	await seen("/articles/trash-me");
	assert.equal((await reader.go("/articles/to-trash")).location, "/articles/trash-me");
	await until(find, 3000, "the search finds it again");
	const log = (await people.owner.go("/desk/log")).text;
	assert.match(log, /article\.trash<\/code> \d+ ゴミ箱の試験/);
	assert.match(log, /article\.restore<\/code> \d+ ゴミ箱の試験/);
});

test("out of the trash, or for good: each as the role may", async () => {
	const theirs = await people.author.article({ title: "著者の下書き" });
	const other = await people.editor.article({ title: "編集者の下書き" });
	assert.equal((await act(people.author, "trash", other)).status, 403);
	assert.equal((await act(people.reviewer, "trash", theirs)).status, 403);
	assert.equal((await act(people.author, "trash", theirs)).status, 303);
	assert.equal((await act(people.editor, "trash", other)).status, 303);
	const seenBy = async (c) => (await c.go("/desk/trash")).text;
	assert.match(await seenBy(people.author), new RegExp(theirs));
	assert.doesNotMatch(await seenBy(people.author), new RegExp(other));
	for (const role of ["translator", "author", "reviewer"]) {
		assert.equal((await people[role].send("/desk/trash/delete", { article: number(other) })).status, 403, role);
		assert.equal((await people[role].send("/desk/trash", { article: number(other) })).status, 403, role);
	}
	assert.equal((await people.author.send("/desk/trash", { article: number(theirs) })).location, `${theirs}?restored=1`);
	assert.equal(await status(theirs), "draft");
	assert.equal((await people.editor.send("/desk/trash/delete", { article: number(theirs) })).status, 404);
	assert.equal((await people.editor.send("/desk/trash/delete", { article: number(other) })).location, "/desk/trash?deleted=1");
	assert.equal((await people.owner.go(other)).status, 404);
	assert.equal((await people.owner.send("/desk/trash", { article: "x" })).status, 400);
});

test("from the shell, in and out of the trash", async () => {
	const path = await people.editor.article({ title: "端末から", slug: "by-shell", status: "published" });
	await seen("/articles/by-shell");
	d.site.run("article", "trash", number(path));
	await gone("/articles/by-shell");
	assert.throws(() => d.site.run("article", "publish", number(path)));
	assert.doesNotMatch(d.site.run("article", "list"), /by-shell/);
	assert.match((await people.editor.go("/desk/trash")).text, /（コマンドから）|from the shell/);
	d.site.run("article", "restore", number(path));
	await seen("/articles/by-shell");
});

test("many at once: published, archived, given a category; what the role may not is left out", async () => {
	const c = people.editor;
	const paths = [];
	for (const n of [1, 2, 3]) paths.push(await c.article({ title: `まとめて${n}`, slug: `many-${n}` }));
	let r = await act(c, "publish", paths);
	for (const n of [1, 2, 3]) await seen(`/articles/many-${n}`);
	assert.match((await c.go(r.location)).text, /3件の記事|3 articles/);
	assert.equal((await c.send("/desk/undo", { undo: undoOf(r.location) })).location, "/desk/articles?undone=3");
	await gone("/articles/many-2");
	assert.equal((await act(c, "category", paths, { add: "1", q: "まとめて", status: "draft" })).location.replace(/undo=\d+/, ""),
		`/desk/articles?page=1&q=${encodeURIComponent("まとめて")}&status=draft&&left=0`);
	assert.equal(formOf((await c.go(paths[1])).text).main, "1");
	assert.equal((await act(c, "category", paths, { add: "99999" })).status, 400);
	r = await act(c, "archive", paths.slice(0, 2), { from: "article" });
	assert.ok(r.location.startsWith(paths[0] + "?undo="));
	assert.match((await c.go(r.location)).text, /保管しました|Moved to the archive/);
	assert.equal(await status(paths[1]), "archived");
	assert.equal((await act(c, "dance", paths)).status, 400);
	assert.match((await act(c, "archive", [])).location, /none=1/);
	const own = await people.author.article({ title: "自分の下書き" });
	r = await act(people.author, "trash", [own, paths[2]]);
	assert.match(r.location, /left=1/);
	assert.match((await people.author.go(r.location)).text, /1件は除きました|1 article was left out/);
	for (const role of ["translator", "author", "reviewer"]) {
		assert.equal((await act(people[role], "publish", paths[2])).status, 403, role);
		assert.equal((await act(people[role], "archive", paths[2])).status, 403, role);
	}
});

test("lists by name, mine, and waiting for me", async () => {
	await people.editor.article({ title: "名前で探す記事", author: "山田花子", translator: "佐藤二郎" });
	const titles = async (c, query) => [...(await c.go("/desk/articles?" + new URLSearchParams(query))).text.matchAll(/class="what"><a [^>]*>([^<]*)</g)].map((m) => m[1]);
	assert.deepEqual(await titles(people.owner, { by: "花子" }), ["名前で探す記事"]);
	assert.deepEqual(await titles(people.owner, { by: "二郎", status: "draft" }), ["名前で探す記事"]);
	assert.deepEqual(await titles(people.owner, { by: "花%" }), []);
	await people.translator.article({ title: "翻訳者の記事" });
	assert.deepEqual(await titles(people.translator, { whose: "mine" }), ["翻訳者の記事"]);
	assert.deepEqual(await titles(people.translator, { whose: "waiting" }), []);
});

test("scheduled: it appears by itself, on time, on portal, category, search and feed", async () => {
	const c = people.editor;
	const zone = 9 * 3600e3;
	d.site.run("setting", "set", "time_zone", "+09:00");
	/* The form shows minutes; one that is sent with seconds keeps them, so that the test need not wait for a minute. */
	const due = Math.ceil(Date.now() / 1000) * 1000 + 5000;
	const local = new Date(due + zone).toISOString();
	const fields = { title: "時刻どおりの記事", body: "定刻語句を含む本文", slug: "on-time", status: "scheduled", main: "1" };
	assert.equal((await c.save("/desk/articles/new", { ...fields, published_date: "2020-01-01", published_time: "09:00" })).status, 422);
	assert.equal((await c.save("/desk/articles/new", { ...fields, published_date: "2020-13-01", published_time: "09:00" })).status, 422);
	const path = await c.article({ ...fields, published_date: local.slice(0, 10), published_time: local.slice(11, 19) });
	const form = formOf((await c.go(path)).text);
	assert.equal(form.published_date, local.slice(0, 10));
	assert.equal(form.published_time, local.slice(11, 16));
	assert.match((await c.go("/desk/articles?status=scheduled")).text, new RegExp(`${local.slice(0, 10)} ${local.slice(11, 16)}`));
	const label = (await c.go(path)).text.match(/name="main">[\s\S]*?<option value="1" selected>([^<]*)</)[1];
	const slug = JSON.parse(d.site.run("category", "list", "--json")).find((x) => x.name === label).slug;
	const pages = ["/", `/categories/${encodeURIComponent(slug)}`, "/search?q=" + encodeURIComponent("定刻語句"), "/feed.atom", "/articles/on-time"];
	for (const page of pages) assert.doesNotMatch((await reader.go(page)).text, /articles\/on-time"[^>]*>時刻|<h1[^>]*>時刻/, page);
	/* A server that was down at the minute publishes as soon as it is up: here it is up again before. */
	await d.server.stop();
	await d.serve();
	await new Promise((r) => setTimeout(r, Math.max(0, due - Date.now() - 400)));
	assert.equal((await reader.go("/articles/on-time")).status, 404);
	for (const page of pages) await until(async () => /時刻どおりの記事/.test((await reader.go(page)).text), due + 2500 - Date.now(), `${page} shows it on time`);
	assert.ok(Date.now() >= due);
	assert.equal(await status(path), "published");
	assert.match((await people.owner.go("/desk/log")).text, /clock\.publish<\/code> \d+ 時刻どおりの記事/);
});

test("what became due while the server was down appears as soon as it is up", async () => {
	const c = people.editor;
	const due = new Date(Date.now() + 2000 + 9 * 3600e3);
	const path = await c.article({ title: "停止中に公開", slug: "while-down", status: "scheduled", published_date: due.toISOString().slice(0, 10), published_time: due.toISOString().slice(11, 19) });
	await d.server.stop();
	await new Promise((r) => setTimeout(r, 2500));
	await d.serve();
	await until(async () => (await reader.go("/articles/while-down")).status === 200, 1500, "it is there");
	assert.equal(await status(path), "published");
});

test("review: sent, commented by passage, answered, settled, sent back, sent again, approved", async () => {
	const a = people.author, r = people.reviewer;
	const path = await a.article({ title: "査読の記事", body: "第一段落です。\n\n第二の<段落>です。\n\n- 項目\n" });
	const waits = async (c) => (await c.go("/desk/articles?whose=waiting")).text.includes(`<a href="${path}"`);
	assert.equal((await people.translator.send(`${path}/ask`, {})).status, 403);
	assert.equal((await a.send(`${path}/ask`, { reviewer: "translator" })).status, 403);
	assert.equal((await a.send(`${path}/ask`, { reviewer: "reviewer", text: "お願いします" })).status, 303);
	assert.equal(await status(path), "review");
	assert.ok(await waits(r));
	assert.ok(!(await waits(people.editor)), "asked of somebody else");
	assert.ok(!(await waits(a)));
	/* A passage. */
	const page = (await r.go(`${path}/review?passage=2`)).text;
	const quote = page.match(/name="quote" value="([^"]*)"/)[1];
	assert.equal(quote, "第二の&lt;段落&gt;です。");
	assert.equal((await r.send(`${path}/comments`, { do: "comment", quote: "第二の<段落>です。", text: " \n" })).status, 422);
	assert.equal((await r.send(`${path}/comments`, { do: "comment", quote: "第二の<段落>です。", text: "x".repeat(17000) })).status, 413);
	const added = await r.send(`${path}/comments`, { do: "comment", quote: "第二の<段落>です。", text: "出典は<b>どこ</b>ですか。" });
	const id = added.location.match(/comment-(\d+)/)[1];
	let read = (await a.go(`${path}/review`)).text;
	assert.match(read.slice(read.indexOf('id="passage-2"'), read.indexOf('id="passage-3"')), /出典は&lt;b&gt;どこ/);
	assert.match((await a.go(path)).text, /出典は&lt;b&gt;どこ/);
	assert.ok(await waits(a), "a comment on one's own article waits for an answer");
	for (const role of ["translator"]) assert.equal((await people[role].send(`${path}/comments`, { do: "comment", text: "x" })).status, 403);
	assert.equal((await a.send(`${path}/comments`, { do: "answer", comment: id, text: "足しました" })).status, 303);
	assert.equal((await a.send(`${path}/comments`, { do: "answer", comment: "99999", text: "x" })).status, 404);
	const elsewhere = await a.article({ title: "別の記事" });
	assert.equal((await a.send(`${elsewhere}/comments`, { do: "resolve", comment: id })).status, 404);
	/* Judged by those who may alone. */
	for (const role of ["author", "translator"]) assert.equal((await people[role].send(`${path}/judge`, { do: "approve" })).status, 403, role);
	assert.equal((await r.send(`${path}/judge`, { do: "back" })).status, 422);
	assert.equal((await r.send(`${path}/judge`, { do: "back", text: "もう少し短く" })).status, 303);
	assert.equal(await status(path), "draft");
	assert.match((await a.go(path)).text, /差し戻し|sent back/);
	assert.equal((await r.send(`${path}/judge`, { do: "approve" })).status, 409);
	assert.equal((await r.send(`${path}/comments`, { do: "resolve", comment: id })).status, 303);
	assert.match((await a.go(`${path}/review`)).text, /解決済み（REVIEWER）|settled by REVIEWER/);
	assert.equal((await r.send(`${path}/comments`, { do: "reopen", comment: id })).status, 303);
	/* The passage changes: what was said about it stays, apart. */
	assert.equal((await a.save(path, { body: "第一段落です。\n\n書き直した段落です。" })).status, 303);
	read = (await a.go(`${path}/review`)).text;
	assert.ok(read.indexOf("出典は") < read.indexOf('id="text-title"'));
	/* Again, to whoever may. */
	assert.equal((await a.save(path, { status: "review" })).status, 303);
	assert.ok(await waits(r) && await waits(people.editor));
	assert.equal((await r.send(`${path}/judge`, { do: "approve" })).status, 303);
	assert.match((await people.editor.go("/desk/articles?status=review")).text, /承認済み|approved/);
	assert.ok(await waits(people.editor), "approved: waits to be published");
	assert.ok(!(await waits(r)));
	assert.equal(await status(path), "review");
	assert.doesNotMatch((await a.go(path)).text, /承認された後に|since it was approved/);
	assert.equal((await a.save(path, { body: "あとから変えた" })).status, 303);
	assert.match((await a.go(path)).text, /承認された後に|since it was approved/);
	assert.equal((await act(people.editor, "publish", path)).status, 303);
	assert.ok(!(await waits(people.editor)));
	const log = (await people.owner.go("/desk/log")).text;
	for (const what of ["review.ask", "review.back", "review.approve", "comment.add", "comment.answer", "comment.resolve", "comment.reopen", "article.publish"])
		assert.match(log, new RegExp(`${what.replace(".", "\\.")}</code> \\d+ 査読の記事`), what);
});

test("no page of these is seen by strangers, no form counts without its token", async () => {
	const stranger = new Client(d);
	for (const path of ["/desk/trash", "/desk/articles/1/review", "/desk/people/1"]) assert.equal((await stranger.go(path)).location, "/desk/sign-in", path);
	for (const path of ["/desk/articles/act", "/desk/undo", "/desk/trash", "/desk/trash/delete", "/desk/articles/1/ask", "/desk/articles/1/judge", "/desk/articles/1/comments", "/desk/people/1"]) {
		assert.equal((await people.owner.send(path, { csrf: "0".repeat(64), article: "1", do: "trash" })).status, 403, path);
		assert.equal((await stranger.send(path, { article: "1", do: "trash" }, "/desk/sign-in")).status, 403, path);
	}
	for (const role of ROLES) {
		assert.equal((await people[role].go("/desk/trash")).status, 200, role);
		assert.equal((await people[role].go("/desk/articles/1/review")).status, 200, role);
		assert.equal((await people[role].go("/desk/people/1")).status, role === "owner" ? 200 : 403, role);
	}
});
