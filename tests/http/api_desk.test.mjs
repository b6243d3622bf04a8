/* What editors and translators do beyond writing, for programs: review, translations, glossary, sources, images, care of
 * structure. Each answer is held against the document that is served; who may is api_rights'. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { start, site } from "../lib/kairan.mjs";
import { Api, IN_API_DESK } from "../lib/api.mjs";

const D = "/api/v1/desk";
const EVERYTHING = "articles:read articles:write articles:publish media structure search settings people log webhooks translations sources";
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==", "base64");
const PNG2 = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAE0lEQVR4nGP4z8DAAMIM////BwAm6QX7j4Z0ZwAAAABJRU5ErkJggg==", "base64");
const LD = `<!doctype html><html lang="en"><head><title>Page</title><script type="application/ld+json">
{"@context":"https://schema.org","@type":"NewsArticle","headline":"Cameras everywhere","author":{"@type":"Person","name":"A. Writer"},"publisher":{"@type":"Organization","name":"The Paper"},"datePublished":"2024-05-01T23:30:00Z"}
</script></head><body><article><h1>Cameras everywhere</h1><p>${"There are 12 cameras. ".repeat(30)}</p><p>The second paragraph.</p></article></body></html>`;

let s, server, api, pool, web, at, cats;
let turn = 0;
const call = (method, path, body, headers) => api.call(pool[turn++ % pool.length], method, D + path, body, headers);
const as = (token, method, path, body, headers) => api.call(token, method, D + path, body, headers);
const token = (login, scopes = EVERYTHING) => s.run("token", "add", "--scopes", scopes, login, "more").trim();

before(async () => {
	web = createServer((req, res) => {
		if (req.url === "/page") return res.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(LD);
		res.writeHead(404).end();
	});
	await new Promise((done) => web.listen(0, "127.0.0.1", done));
	at = `http://127.0.0.1:${web.address().port}`;
	s = site();
	appendFileSync(join(s.dir, "kairan.conf"), "\nfetch_allow 127.0.0.0/8\n");
	s.run("import", "markdown", "sample/articles");
	s.run("user", "add", "--role", "owner", "--name", "花", "hana");
	for (const role of ["editor", "translator", "author", "reviewer"]) s.run("user", "add", "--role", role, role);
	pool = Array.from({ length: 8 }, () => token("hana"));
	server = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
	api = await Api.open(server.url);
	cats = (await call("GET", "/categories")).json;
});
after(async () => {
	await server?.stop();
	web?.close();
	s?.remove();
});

const article = async (fields = {}, who) => {
	const r = await as(who ?? pool[0], "POST", "/articles", { title: "題", body: "本文", ...fields });
	assert.equal(r.status, 201, r.text);
	return r.json.id;
};
const logged = async (action) => (await call("GET", "/log?limit=20")).json.items.find((e) => e.action === action);

test("the numbers of the first page; the state of the site is for owners", async () => {
	const r = (await call("GET", "/overview")).json;
	assert.ok(r.published > 20);
	assert.equal(r.published_by_month.length, 12);
	assert.equal(r.state.backup, null);
	assert.ok(r.state.database_bytes > 0);
	s.run("backup", join(s.dir, "copy.db"));
	assert.ok(Date.parse((await call("GET", "/overview")).json.state.backup) > Date.now() - 60000);
	assert.equal((await as(token("author"), "GET", "/overview")).json.state, null);
});

test("what was copied from a page becomes Markdown", async () => {
	assert.equal((await call("POST", "/markdown", { html: '<p>a <b>b</b><script>x</script></p><ul><li>c</li></ul>', lang: "en" })).json.markdown.trim(), "a **b**\n\n- c");
});

test("review: asked for, commented, sent back, approved", async () => {
	const author = token("author"), reviewer = token("reviewer");
	const id = await article({ body: "一つ目の段落。\n\n二つ目の段落。" }, author), path = `/articles/${id}/review`;
	assert.deepEqual([(await call("GET", path)).json.state, (await call("GET", path)).json.comments], ["none", []]);
	assert.deepEqual((await call("GET", path)).json.reviewers.sort(), ["editor", "hana", "reviewer"]);
	for (const login of ["nobody", "translator"]) assert.equal((await as(author, "POST", path, { reviewer: login })).json.errors[0].pointer, "/reviewer");
	assert.equal((await as(token("translator"), "POST", path, {})).status, 403);
	const asked = await as(author, "POST", path, { reviewer: "reviewer", text: "お願いします" });
	assert.deepEqual([asked.json.state, asked.json.status, asked.json.reviewer, asked.json.comments[0].text], ["open", "review", "reviewer", "お願いします"]);
	const said = await as(reviewer, "POST", `/articles/${id}/comments`, { text: "出典は？", passage: 2 });
	assert.deepEqual([said.status, said.json.quote], [201, "二つ目の段落。"]);
	assert.equal(said.headers.get("location"), `${D}/articles/${id}/comments/${said.json.id}`);
	assert.equal((await as(author, "POST", `/articles/${id}/comments`, { text: "足しました", parent: said.json.id })).json.parent, said.json.id);
	for (const [body, pointer] of [[{ text: " " }, "/text"], [{ text: "a", parent: 999999 }, "/parent"], [{ text: "a", passage: 9 }, "/passage"]])
		assert.equal((await as(author, "POST", `/articles/${id}/comments`, body)).json.errors[0].pointer, pointer);
	assert.equal((await as(token("translator"), "POST", `/articles/${id}/comments`, { text: "a" })).status, 403);
	assert.ok((await as(author, "PATCH", `/articles/${id}/comments/${said.json.id}`, { resolved: true })).json.resolved);
	assert.equal((await as(author, "PATCH", `/articles/${id}/comments/999999`, { resolved: true })).status, 404);
	assert.equal((await as(author, "PATCH", `/articles/${id}/comments/${said.json.id}`, { resolved: false })).json.resolved, null);
	assert.equal((await as(reviewer, "POST", `/articles/${id}/judgement`, { approve: false })).json.errors[0].pointer, "/text");
	const back = await as(reviewer, "POST", `/articles/${id}/judgement`, { approve: false, text: "出典がまだ足りません" });
	assert.deepEqual([back.json.state, back.json.status], ["back", "draft"]);
	assert.equal((await as(reviewer, "POST", `/articles/${id}/judgement`, { approve: true })).status, 409);
	await as(author, "POST", path, {});
	assert.equal((await as(reviewer, "POST", `/articles/${id}/judgement`, { approve: true })).json.state, "approved");
	assert.ok(await logged("review.approve"), "the log has it");
	assert.equal((await call("POST", "/articles/1/review", {})).status, 409);
	for (const [method, end, body] of [["GET", "/review"], ["POST", "/review", {}], ["POST", "/judgement", { approve: true }], ["POST", "/comments", { text: "a" }]])
		assert.equal((await call(method, `/articles/999999${end}`, body)).status, 404);
});

test("a translation of a text: blocks written, checked against the glossary, put into an article, renewed", async () => {
	const term = await call("POST", "/glossary", { from: "en", lang: "ja", term: "camera", word: "監視カメラ|カメラ", forbidden: "キャメラ", note: "n", category: "c" });
	assert.equal(term.status, 201, term.text);
	const original = { text: LD, url: "https://news.example.org/a", name: "a.html", format: "html" };
	const made = await call("POST", "/translations", { lang: "ja", original });
	assert.equal(made.status, 201, made.text);
	assert.deepEqual([made.json.original.title, made.json.original.publisher, made.json.from, made.json.translator, made.json.article], ["Cameras everywhere", "The Paper", "en", "花", null]);
	const path = `/translations/${made.json.id}`;
	assert.equal(made.headers.get("location"), D + path);
	const blocks = (await call("GET", path + "/blocks")).json.items;
	assert.deepEqual(blocks.map((b) => [b.number, b.kind, b.state]), [[1, "title", "open"], [2, "paragraph", "open"], [3, "paragraph", "open"]]);
	assert.deepEqual([blocks[1].terms[0].term, blocks[1].terms[0].missing], ["camera", false]);
	const at = (i) => `${path}/blocks/${blocks[i].id}`, save = (i, body, etag = blocks[i].etag) => call("PATCH", at(i), body, { "if-match": etag });
	assert.equal((await call("PATCH", at(0), { target: "x" })).status, 428);
	const first = await save(0, { target: "どこにでもカメラ", done: true });
	assert.deepEqual([first.status, first.json.state, first.etag], [200, "done", first.json.etag]);
	const late = await save(0, { target: "別の題" });
	assert.deepEqual([late.status, late.json.current.target, late.etag], [412, "どこにでもカメラ", first.etag]);
	const bad = await save(1, { target: "キャメラがある。" });
	assert.deepEqual([bad.json.terms[0].forbidden, bad.json.terms[0].missing, bad.json.missing[0]], ["キャメラ", true, "12"]);
	assert.deepEqual((await save(1, { target: "カメラが12台ある。", done: true }, "*")).json.missing, []);
	assert.equal((await save(2, { target: "二つ目。" })).json.state, "draft");
	assert.equal((await call("GET", at(2))).json.target, "二つ目。");
	const changed = await call("PATCH", path, { preface: "訳者より", original: { licence: "CC BY 4.0" } }, { "if-match": made.json.etag });
	assert.deepEqual([changed.json.preface, changed.json.original.licence, changed.json.original.publisher], ["訳者より", "CC BY 4.0", "The Paper"]);
	const stale = await call("PATCH", path, { preface: "x" }, { "if-match": made.json.etag });
	assert.deepEqual([stale.status, stale.json.current.preface], [412, "訳者より"]);
	assert.equal((await call("PATCH", path, { original: { url: "javascript:x" } })).json.errors[0].pointer, "/original/url");
	assert.equal((await call("POST", path + "/take", {})).status, 409);
	const put = await call("POST", path + "/article", {});
	assert.equal(put.status, 200, put.text);
	const a = (await call("GET", `/articles/${put.json.article}`)).json;
	assert.deepEqual([a.title, a.body.trim(), a.preface, a.translator, a.original.url, a.status], ["どこにでもカメラ", "カメラが12台ある。\n\n二つ目。", "訳者より", "花", "https://news.example.org/a", "draft"]);
	/* Changed elsewhere: taken in, or written over knowingly. */
	await call("PATCH", `/articles/${a.id}`, { body: "カメラが12台もある。\n\n二つ目。" }, { "if-match": "*" });
	assert.equal((await call("POST", path + "/article", {})).status, 409);
	assert.equal((await call("POST", path + "/take", {})).status, 200);
	assert.equal((await call("GET", at(1))).json.target, "カメラが12台もある。");
	assert.equal((await call("POST", path + "/article", { over: true })).status, 200);
	/* The original says something else. */
	assert.equal((await call("POST", path + "/original", {})).json.errors[0].pointer, "/text");
	const renewed = await call("POST", path + "/original", { ...original, text: LD.replaceAll("12 cameras", "13 cameras") });
	assert.equal(renewed.json.changed, 1, renewed.text);
	const second = (await call("GET", at(1))).json;
	assert.deepEqual([second.state, second.was.includes("12 cameras"), second.source.includes("13 cameras")], ["changed", true, true]);
	assert.equal((await call("POST", path + "/settle", {})).json.changed, 0);
	const copies = (await call("GET", path + "/copies")).json.items;
	assert.equal(copies.length, 2);
	const copy = (await call("GET", `${path}/copies/${copies[1].id}`)).json;
	assert.equal(Buffer.from(copy.base64, "base64").toString(), LD);
	assert.equal(copy.size, Buffer.byteLength(LD));
	const { etag, ...now } = (await call("GET", path)).json;
	assert.deepEqual([now.preface, now.done, etag], ["訳者より", 2, changed.json.etag]);
	assert.ok((await call("GET", "/translations")).json.items.some((t) => t.id === made.json.id));
	assert.ok((await call("GET", "/translations?behind=true")).json.items.every((t) => t.behind));
	assert.equal((await call("DELETE", path)).status, 204);
	assert.equal((await call("GET", path)).status, 404);
	assert.equal((await call("GET", `/articles/${a.id}`)).status, 200, "the article stays");
	assert.match((await logged("translation.put")).by, /^花 \(more\)$/);
});

test("a translation of an article of this site follows it; a published one needs the scope to publish", async () => {
	const id = await article({ title: "原文", body: "一。\n\n二。", status: "published", categories: [cats.items[0].id] });
	const made = await call("POST", "/translations", { lang: "en", article: id }), path = `/translations/${made.json.id}`;
	assert.deepEqual([made.json.source_article, made.json.from, made.json.blocks], [id, "ja", 3]);
	for (const b of (await call("GET", path + "/blocks")).json.items) await call("PATCH", `${path}/blocks/${b.id}`, { target: `E${b.number}`, done: true }, { "if-match": b.etag });
	const put = await call("POST", path + "/article", {});
	const own = (await call("GET", `/articles/${put.json.article}`)).json;
	assert.deepEqual([own.lang, own.title, own.group, own.categories], ["en", "E1", id, [cats.items[0].id]]);
	await call("POST", `/articles/${own.id}/publish`, {});
	const weak = token("hana", "translations");
	assert.equal((await as(weak, "POST", path + "/article", { over: true })).status, 403);
	await call("PATCH", `/articles/${id}`, { body: "一。\n\n二つ目。" }, { "if-match": "*" });
	assert.ok((await call("GET", "/translations?behind=true")).json.items.some((t) => t.id === made.json.id && t.changed === 1));
	assert.equal((await call("POST", path + "/original", { text: "a" })).status, 409);
	assert.equal((await call("POST", "/translations", { lang: "en", article: id })).status, 409, "in the making already");
	for (const [body, pointer] of [[{ lang: "xx", article: id }, "/lang"], [{ lang: "ja", article: id }, "/article"], [{ lang: "ja", article: 999999 }, "/article"], [{ lang: "ja" }, "/original"],
		[{ lang: "ja", original: { url: "ftp://x" } }, "/original"], [{ lang: "ja", original: { url: `${at}/none` } }, "/original"]])
		assert.equal((await call("POST", "/translations", body)).json.errors?.[0].pointer, pointer, JSON.stringify(body));
	const asked = await call("POST", "/translations", { lang: "ja", original: { url: `${at}/page` } });
	assert.equal(asked.json.original.author, "A. Writer", asked.text);
	for (const end of ["", "/blocks", "/blocks/1", "/copies", "/copies/1"]) assert.equal((await call("GET", "/translations/999999" + end)).status, 404);
	assert.equal((await call("GET", path + "/blocks/999999")).status, 404);
	assert.equal((await call("GET", path + "/copies/999999")).status, 404);
	assert.equal((await call("PATCH", path + "/blocks/999999", {}, { "if-match": "*" })).status, 404);
	for (const [method, end, body] of [["PATCH", "", {}], ["DELETE", ""], ["POST", "/article", {}], ["POST", "/take", {}], ["POST", "/settle", {}], ["POST", "/original", { text: "a b" }]])
		assert.equal((await call(method, "/translations/999999" + end, body)).status, 404, end);
});

test("the glossary", async () => {
	const [term] = (await call("GET", "/glossary?from=en&lang=ja&text=camera")).json.items, path = `/glossary/${term.id}`;
	const got = await call("GET", path);
	assert.deepEqual(got.json, term);
	assert.equal((await call("GET", path, undefined, { "if-none-match": got.etag })).status, 304);
	const changed = await call("PATCH", path, { note: "別の注" }, { "if-match": got.etag });
	assert.deepEqual([changed.json.note, changed.json.word], ["別の注", term.word]);
	const late = await call("PATCH", path, { note: "x" }, { "if-match": got.etag });
	assert.deepEqual([late.status, late.json.current.note], [412, "別の注"]);
	assert.equal((await call("POST", "/glossary", { from: "en", lang: "ja", term: "camera", word: "a" })).status, 409);
	assert.equal((await call("POST", "/glossary", { from: "en", lang: "xx", term: "a", word: "a" })).json.errors[0].pointer, "/lang");
	assert.equal((await call("POST", "/glossary", { from: "en", lang: "ja", term: " ", word: "a" })).json.errors[0].pointer, "/term");
	for (const [method, body] of [["GET"], ["PATCH", {}], ["DELETE"]]) assert.equal((await call(method, "/glossary/999999", body)).status, 404);
	assert.equal((await call("DELETE", path)).status, 204);
	assert.equal((await call("GET", "/glossary?text=camera")).json.items.length, 0);
});

test("sources: added by address, read from what the page says, changed, merged, asked again, deleted", async () => {
	const r = await call("POST", "/sources", { url: `${at}/page`, read: true });
	assert.equal(r.status, 201, r.text);
	assert.deepEqual([r.json.title, r.json.author, r.json.outlet, r.json.published], ["Cameras everywhere", "A. Writer", "The Paper", "2024-05-01"]);
	assert.match(r.json.accessed, /^\d{4}-\d\d-\d\d$/);
	const path = `/sources/${r.json.id}`;
	assert.equal(r.headers.get("location"), D + path);
	const same = await call("POST", "/sources", { url: `${at}/page#part`, title: "x" });
	assert.equal(same.status, 409);
	assert.match(same.json.detail, new RegExp(String(r.json.id)));
	assert.equal((await call("POST", "/sources", { url: "ftp://x" })).json.errors[0].pointer, "/url");
	assert.equal((await call("POST", "/sources", { url: `${at}/none`, read: true })).json.errors[0].pointer, "/url");
	const saved = await call("POST", "/sources", { url: "https://saved.example.org/a", html: LD, title: "手で書いた題" });
	assert.deepEqual([saved.json.title, saved.json.author], ["手で書いた題", "A. Writer"]);
	const got = await call("GET", path);
	assert.equal((await call("GET", path, undefined, { "if-none-match": got.etag })).status, 304);
	const changed = await call("PATCH", path, { title: "別の題" }, { "if-match": got.etag });
	assert.deepEqual([changed.json.title, changed.json.outlet, changed.json.edited], ["別の題", "The Paper", true]);
	const late = await call("PATCH", path, { title: "x" }, { "if-match": got.etag });
	assert.deepEqual([late.status, late.json.current.title], [412, "別の題"]);
	const cited = await article({ body: `事実[^a]。\n\n[^a]: <${at}/page>`, status: "published" });
	assert.deepEqual((await call("GET", path)).json.cited_by, [cited]);
	assert.equal((await as(token("author"), "PATCH", path, { title: "x" })).status, 403, "a published article cites it");
	assert.equal((await as(token("author"), "PATCH", `/sources/${saved.json.id}`, { title: "author's" })).status, 200);
	assert.equal((await call("DELETE", path)).status, 409);
	assert.equal((await call("POST", path + "/merge", { other: r.json.id })).json.errors[0].pointer, "/other");
	assert.equal((await call("POST", path + "/merge", { other: saved.json.id })).status, 200);
	assert.equal((await call("GET", `/sources/${saved.json.id}`)).status, 404);
	assert.equal((await call("POST", path + "/check", {})).status, 200);
	const other = (await call("POST", "/sources", { url: "https://other.example.org/b", title: "他" })).json.id;
	assert.deepEqual((await call("GET", "/sources?text=" + encodeURIComponent("他"))).json.items.map((x) => x.id), [other]);
	assert.ok((await call("GET", "/sources?uncited=true")).json.items.every((x) => x.articles === 0));
	assert.ok((await call("GET", "/sources?state=unchecked&limit=1")).json.items.length === 1);
	assert.equal((await call("DELETE", `/sources/${other}`)).status, 204);
	for (const [method, end, body] of [["GET", ""], ["PATCH", "", {}], ["DELETE", ""], ["POST", "/merge", { other: 1 }], ["POST", "/check", {}]])
		assert.equal((await call(method, "/sources/999999" + end, body)).status, 404);
	assert.equal((await call("GET", "/links")).json.check, false);
	assert.equal((await call("PATCH", "/links", { check: true })).json.check, true);
	assert.equal((await call("PATCH", "/links", { check: false })).json.check, false);
});

test("categories: put elsewhere, merged, their articles moved; one that was decided by an old tree is refused", async () => {
	const make = async (name, parent = null) => (await call("POST", "/categories", { names: [{ lang: "ja", name }], parent })).json;
	const a = await make("甲"), b = await make("乙"), c = await make("丙");
	const { shape } = (await call("GET", "/categories")).json;
	const moved = await call("POST", `/categories/${c.id}/move`, { parent: a.id, shape });
	assert.deepEqual([moved.status, moved.json.parent], [200, a.id]);
	assert.notEqual(moved.json.shape, shape);
	assert.equal((await call("POST", `/categories/${b.id}/move`, { parent: a.id, shape })).status, 409);
	const first = await call("POST", `/categories/${b.id}/move`, { parent: a.id, before: c.id, shape: moved.json.shape });
	assert.equal(first.status, 200, first.text);
	const order = (await call("GET", "/categories")).json.items.filter((k) => k.parent === a.id).map((k) => k.id);
	assert.deepEqual(order, [b.id, c.id]);
	assert.equal((await call("POST", `/categories/${a.id}/move`, { parent: c.id })).json.errors[0].pointer, "/parent");
	assert.equal((await call("POST", `/categories/${c.id}/move`, { parent: 999999 })).json.errors[0].pointer, "/parent");
	assert.equal((await call("POST", `/categories/${c.id}/move`, { parent: null, before: b.id })).json.errors[0].pointer, "/before");
	const ids = [await article({ categories: [b.id] }), await article({ categories: [b.id], status: "published" }), await article()];
	assert.deepEqual((await call("GET", `/entries?category=${b.id}`)).json.items.map((e) => e.id).sort(), ids.slice(0, 2).sort());
	assert.ok((await call("GET", "/entries")).json.items.some((e) => e.id === ids[2]));
	assert.equal((await call("GET", "/entries?category=999999")).status, 404);
	assert.equal((await call("GET", "/entries?cursor=x")).status, 400);
	assert.equal((await call("POST", "/entries/move", { articles: ids, from: b.id, into: c.id })).json.articles, 2);
	assert.equal((await call("POST", "/entries/move", { articles: ids, from: null, into: c.id })).json.articles, 1);
	for (const [body, pointer] of [[{ from: c.id, into: c.id }, "/into"], [{ from: 999999, into: c.id }, "/from"], [{ from: c.id, into: 999999 }, "/into"]])
		assert.equal((await call("POST", "/entries/move", { articles: ids, ...body })).json.errors[0].pointer, pointer);
	for (const [into, pointer] of [[999999, "/into"], [c.id, "/into"]]) assert.equal((await call("POST", `/categories/${c.id}/merge`, { into })).json.errors[0].pointer, pointer);
	assert.equal((await call("POST", `/categories/${c.id}/merge`, { into: b.id, shape })).status, 409);
	assert.equal((await call("POST", `/categories/${c.id}/merge`, { into: b.id })).json.articles, 3);
	assert.equal((await call("GET", `/categories/${c.id}`)).status, 404);
	assert.match((await fetch(`${server.url}/categories/${encodeURIComponent(c.slug)}`, { redirect: "manual" })).headers.get("location"), new RegExp(encodeURIComponent(b.slug) + "$"));
	assert.equal((await call("DELETE", `/categories/${b.id}?into=999999`)).status, 400);
	assert.equal((await call("DELETE", `/categories/${b.id}?into=${a.id}`)).status, 204);
	assert.deepEqual((await call("GET", `/articles/${ids[0]}`)).json.categories, [a.id]);
	for (const end of ["move", "merge"]) assert.equal((await call("POST", `/categories/999999/${end}`, end === "merge" ? { into: a.id } : {})).status, 404);
});

test("tags: renamed, merged when that is said, taken off", async () => {
	const id = await article({ tags: ["旧", "別"], status: "published" }), draft = await article({ tags: ["旧"] });
	const find = async (name) => (await call("GET", "/tags?text=" + encodeURIComponent(name))).json.items.find((t) => t.name === name);
	assert.deepEqual(await find("旧"), { name: "旧", articles: 1, uses: 2 });
	assert.equal((await call("POST", "/tags/rename", { from: "旧", to: "新" })).json.articles, 2);
	assert.deepEqual((await call("GET", `/articles/${draft}`)).json.tags, ["新"]);
	assert.equal((await call("POST", "/tags/rename", { from: "旧", to: "a" })).json.errors[0].pointer, "/from");
	assert.equal((await call("POST", "/tags/rename", { from: "新", to: "a,b" })).json.errors[0].pointer, "/to");
	assert.equal((await call("POST", "/tags/rename", { from: "新", to: "別" })).status, 409);
	assert.equal((await call("POST", "/tags/rename", { from: "新", to: "別", merge: true })).json.articles, 2);
	assert.deepEqual((await call("GET", `/articles/${id}`)).json.tags, ["別"]);
	assert.equal((await call("DELETE", "/tags?name=" + encodeURIComponent("別"))).status, 204);
	assert.equal((await call("DELETE", "/tags?name=" + encodeURIComponent("別"))).status, 404);
	assert.equal((await call("DELETE", "/tags")).status, 400);
	assert.deepEqual((await call("GET", `/articles/${id}`)).json.tags, []);
});

test("images: found, described, replaced, deleted", async () => {
	const a = (await call("POST", "/media?name=a.png", PNG)).json, b = (await call("POST", "/media?name=b.png", PNG2)).json;
	assert.notEqual(a.hash, b.hash);
	const path = `/media/${a.hash}`;
	assert.ok((await call("GET", "/media?wordless=ja&unused=true")).json.items.some((m) => m.hash === a.hash));
	const words = [{ lang: "ja", alt: "赤い点", caption: "点" }, { lang: "en", alt: "A red point" }];
	const r = await call("PATCH", path, { words, credit: "花", licence: "CC0" });
	assert.deepEqual([r.json.words.find((w) => w.lang === "ja"), r.json.credit, r.json.decorative], [words[0], "花", false]);
	assert.equal((await call("PATCH", path, { words: [{ lang: "en", alt: "A point" }] })).json.words.find((w) => w.lang === "ja").alt, "赤い点", "the other language stays");
	assert.equal((await call("PATCH", path, { words: [{ lang: "xx" }] })).json.errors[0].pointer, "/words/0/lang");
	assert.equal((await call("PATCH", path, { decorative: true })).json.decorative, true);
	assert.deepEqual((await call("GET", "/media?text=" + encodeURIComponent("赤い"))).json.items.map((m) => m.hash), [a.hash]);
	const id = await article({ body: `![](${a.url})`, status: "published" });
	assert.equal((await call("DELETE", path)).status, 409);
	assert.equal((await as(token("author"), "PATCH", path, { credit: "x" })).status, 403);
	assert.equal((await call("POST", path + "/replace", { with: a.hash })).json.errors[0].pointer, "/with");
	assert.equal((await call("POST", path + "/replace", { with: b.hash })).json.hash, b.hash);
	assert.match((await call("GET", `/articles/${id}`)).json.body, new RegExp(a.hash), "the text stays as it was written");
	assert.equal((await call("GET", `/media/${b.hash}`)).json.articles, 1);
	await call("DELETE", `/articles/${id}`);
	await call("DELETE", `/trash/${id}`);
	assert.equal((await call("DELETE", `/media/${b.hash}`)).status, 204);
	for (const [method, end, body] of [["PATCH", "", {}], ["POST", "/replace", { with: b.hash }], ["DELETE", ""]]) assert.equal((await call(method, "/media/0" + end, body)).status, 404);
	assert.equal((await call("GET", "/media?cursor=x")).status, 400);
});

test("pages that stand apart", async () => {
	const made = await call("POST", "/pages", { title: "私たちについて", lang: "ja", kind: "about" });
	assert.deepEqual([made.status, made.json.slug, made.json.status, made.json.found], [201, "about", "draft", true], made.text);
	assert.equal(made.headers.get("location"), `${D}/articles/${made.json.id}`);
	assert.ok((await call("GET", `/articles/${made.json.id}`)).json.body.length > 50, "a text to start from");
	const en = await call("POST", "/pages", { title: "About us", lang: "en", version_of: made.json.id });
	assert.equal(en.json.group, made.json.group);
	assert.equal((await call("POST", "/pages", { title: "Again", lang: "en", version_of: made.json.id })).status, 409);
	for (const [body, pointer] of [[{ title: " " }, "/title"], [{ title: "a", lang: "xx" }, "/lang"], [{ title: "a", version_of: 1 }, "/version_of"]])
		assert.equal((await call("POST", "/pages", body)).json.errors[0].pointer, pointer);
	assert.equal((await call("PATCH", `/pages/${made.json.id}`, { found: false })).json.found, false);
	assert.equal((await call("PATCH", "/pages/1", { found: false })).status, 404);
	assert.deepEqual((await call("GET", "/pages")).json.items.map((p) => p.id).sort(), [made.json.id, en.json.id].sort());
});

test("a search in vain is dismissed; people are signed out, lose a lost second step, or an invitation", async () => {
	/* A search is kept only after it came in five separate hours. */
	execFileSync("python3", ["-c", `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=10)
db.execute("INSERT INTO unanswered (query, searches, first_day, last_day) VALUES ('zzzz', 7, '2026-01-01', '2026-02-01')")
db.commit()`, join(s.dir, "data/kairan.db")]);
	assert.deepEqual((await call("GET", "/unanswered")).json.items.map((u) => u.query), ["zzzz"]);
	assert.equal((await call("DELETE", "/unanswered?query=zzzz")).status, 204);
	assert.deepEqual((await call("GET", "/unanswered")).json.items, []);
	assert.equal((await logged("search.dismiss")).object, "", "the log keeps no words");
	assert.equal((await call("DELETE", "/unanswered?query=none")).status, 404);
	assert.equal((await call("DELETE", "/unanswered")).status, 400);
	s.run("user", "add", "--role", "author", "late");
	assert.equal((await call("DELETE", "/people/late/invite")).status, 204);
	assert.equal((await call("DELETE", "/people/late/invite")).status, 404);
	for (const end of ["sessions", "second-step"]) {
		assert.equal((await call("DELETE", `/people/late/${end}`)).status, 204);
		assert.equal((await call("DELETE", `/people/nobody/${end}`)).status, 404);
	}
	assert.equal((await logged("user.second-step.reset")).object, "late");
});

test("what each answer may be is shown here", async () => {
	const example = (path) => path.replaceAll("{login}", "nobody").replaceAll("{hash}", "0").replace(/\{\w+\}/g, "999999");
	for (const { method, path, op } of api.operations()) {
		if (!IN_API_DESK.has(op.operationId)) continue;
		await api.call("", method, example(path));
		const match = op.responses[412] ? { "if-match": "*" } : {};
		await api.call(pool[turn++ % pool.length], method, example(path) + "?nothing=1", undefined, match);
		if (op.requestBody) await api.call(pool[turn++ % pool.length], method, example(path), "{}", { "content-type": "text/plain", ...match });
		else if (op.responses[415]) await api.call(pool[turn++ % pool.length], method, example(path), "x", { "content-type": "text/plain", ...match });
	}
	assert.deepEqual(api.unseen((id) => IN_API_DESK.has(id)), []);
});
