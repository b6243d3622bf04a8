/* Sources at the desk: read from a page, one record wherever cited, shown to readers; and the link check, against a server of
 * this test that only the setting fetch_allow lets it ask. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { Client, desk, file, formOf, unescape, until } from "../lib/desk.mjs";

const PAGE = `<!doctype html><html lang="ja"><head><title>監視カメラの報告 | 例の新聞</title><meta property="og:title" content="監視カメラの報告">
<meta property="og:site_name" content="例の新聞"><meta name="author" content="花 &lt;b&gt;"><meta property="article:published_time" content="2024-05-01T09:00:00+09:00"></head>
<body><article><h1>監視カメラの報告</h1><p>${"本文。".repeat(50)}</p></article></body></html>`;
let d, s, owner, author, reviewer, web, at;
const asked = [];
const state = { gone: false };

before(async () => {
	web = createServer((req, res) => {
		asked.push({ method: req.method, path: req.url, agent: req.headers["user-agent"], cookie: req.headers.cookie, at: Date.now() });
		if (req.url === "/page") return res.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(req.method === "HEAD" ? "" : PAGE);
		if (req.url === "/pdf") return res.writeHead(200, { "content-type": "application/pdf" }).end("%PDF-");
		if (req.url === "/moved") return res.writeHead(301, { location: "/page" }).end();
		if (req.url === "/nohead") return res.writeHead(req.method === "HEAD" ? 405 : 200, { "content-type": "text/html" }).end();
		if (req.url === "/gone") return res.writeHead(state.gone ? 404 : 200, { "content-type": "text/html" }).end();
		if (req.url.startsWith("/wayback")) return res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ archived_snapshots: { closest: { url: `https://web.archive.org/web/20240501/${at}/gone`, available: true } } }));
		res.writeHead(404).end();
	});
	await new Promise((done) => web.listen(0, "127.0.0.1", done));
	at = `http://127.0.0.1:${web.address().port}`;
	d = await desk(["owner", "author", "reviewer"], { sample: false });
	s = d.site;
	({ owner, author, reviewer } = d.people);
});
after(async () => {
	await d?.close();
	web?.close();
});

const again = async () => {
	await d.server.stop();
	await d.serve();
};
const read = async (who, fields) => who.upload("/desk/sources/new", { do: "read", title: "", author: "", outlet: "", published: "", accessed: "", archive_url: "", ...fields });
const add = async (who, url, fields = {}) => {
	const r = await who.upload("/desk/sources/new", { do: "save", url, ...fields });
	assert.equal(r.status, 303, r.text);
	return r.location.replace(/\?.*/, "");
};

test("an address in a private network is not asked unless the operator says so", async () => {
	const r = await read(author, { url: `${at}/page` });
	assert.equal(r.status, 422);
	assert.equal(asked.length, 0);
	appendFileSync(join(s.dir, "kairan.conf"), "\nfetch_allow 127.0.0.0/8\n");
	await again();
});

test("a source is read from its page, corrected, saved, and cited", async () => {
	let r = await read(author, { url: `${at}/page` });
	assert.equal(r.status, 200, r.text);
	const form = formOf(r.text);
	assert.equal(form.title, "監視カメラの報告");
	assert.equal(form.author, "花 <b>");
	assert.equal(form.published, "2024-05-01");
	assert.equal(form.outlet, "例の新聞");
	assert.match(form.accessed, /^\d{4}-\d\d-\d\d$/);
	assert.ok(asked.every((a) => a.agent.startsWith("Kairan/") && !a.cookie));
	const source = await add(author, `${at}/page`, { ...form, do: "save", outlet: "例の新聞", csrf: undefined });
	const page = (await author.go(source)).text;
	const value = (id) => unescape(page.match(new RegExp(`id="${id}" value="([^"]*)"`))[1]);
	const n = source.match(/\d+$/)[0];
	assert.equal(value("mark"), `[^s${n}]`);
	assert.equal(value("footnote"), `[^s${n}]: <${at}/page>`);
	assert.match(value("footnote_long"), new RegExp(`^\\[\\^s${n}\\]: \\[監視カメラの報告\\]\\(${at}/page\\)`));
	/* The short form shows what the record says, in two articles, and follows it. */
	const body = `本文${value("mark")}\n\n${value("footnote")}`;
	await owner.article({ title: "一", slug: "one", body, status: "published" });
	await owner.article({ title: "Two", slug: "two", lang: "en", body, status: "published" });
	const reader = new Client(d);
	assert.match((await reader.go("/articles/one")).text, />監視カメラの報告<\/a>、花 &lt;b&gt;、例の新聞、2024年5月1日（\d+年\d+月\d+日閲覧）/);
	assert.match((await reader.go("/en/articles/two")).text, />監視カメラの報告<\/a>, 花 &lt;b&gt;, 例の新聞, 1 May 2024 \(accessed/);
	assert.equal((await author.send(source, { do: "save", url: `${at}/page`, title: "x" })).status, 403);
	r = await owner.send(source, { ...form, do: "save", title: "正しい題", outlet: "別の新聞", csrf: await owner.token(source), archive_url: "https://web.archive.org/web/2024/https://example.org/" });
	assert.equal(r.status, 303, r.text);
	for (const path of ["/articles/one", "/en/articles/two"])
		await until(async () => /正しい題<\/a>.*別の新聞.*class="archive" href="https:\/\/web\.archive\.org\/web\/2024\//.test((await reader.go(path)).text), 15000, path);
	const list = (await owner.go("/desk/sources?q=" + encodeURIComponent("正しい題"))).text;
	assert.match(list, /role="status">(1 source|出典1件)/);
	assert.match(list, /2件の記事|cited in 2 articles/);
	/* The same address, written otherwise, is the same record. */
	r = await author.upload("/desk/sources/new", { do: "save", url: `${at.toUpperCase().replace("HTTP", "http")}/page?utm_source=x#top` });
	assert.equal(r.status, 409);
	assert.match(r.text, new RegExp(`href="${source}"`));
	assert.equal((await read(author, { url: `${at}/page#again` })).location, source);
});

test("a saved page is read in place of its address, and what cannot be read is told", async () => {
	let r = await read(author, { url: "", page: file("saved.html", PAGE.replace("<head>", '<head><link rel="canonical" href="https://example.org/report">')) });
	assert.equal(r.status, 200);
	assert.equal(formOf(r.text).url, "https://example.org/report");
	assert.equal(formOf(r.text).title, "監視カメラの報告");
	for (const url of [`${at}/none`, `${at}/pdf`, "ftp://example.org/", "javascript:alert(1)", ""]) {
		r = await read(author, { url, title: "keeps" });
		assert.equal(r.status, 422, url);
		assert.equal(formOf(r.text).title, "keeps");
	}
	assert.equal((await author.upload("/desk/sources/new", { do: "save", url: "javascript:alert(1)" })).status, 422);
	assert.equal((await author.upload("/desk/sources/new", { do: "save", url: "https://example.org/x", title: "あ".repeat(1000) })).status, 413);
});

test("two records become one; who may do what", async () => {
	const one = await add(owner, "https://example.org/a", { title: "One" }), two = await add(owner, "https://example.org/b", { author: "Two" });
	const csrf = await reviewer.token("/desk/account");
	for (const [path, fields] of [["/desk/sources/new", { do: "save", url: "https://x.example/" }], [one, { do: "save", url: "https://example.org/a" }], ["/desk/links", { do: "on" }]])
		assert.equal((await reviewer.send(path, { csrf, ...fields })).status, 403, path);
	assert.equal((await author.send(one, { do: "merge", other: "https://example.org/b" })).status, 403);
	assert.equal((await owner.send(one, { do: "merge", other: "https://nowhere.example/" })).status, 422);
	assert.equal((await owner.send(one, { do: "merge", other: "http://example.org/b" })).status, 303);
	assert.equal((await owner.go(two)).status, 404);
	assert.equal(formOf((await owner.go(one)).text.replace(/[\s\S]*fields-title/, "")).author, "Two");
	assert.equal((await owner.send(one, { do: "delete" })).status, 303);
	for (const who of [owner, author, reviewer]) for (const path of ["/desk/sources", "/desk/links"]) assert.equal((await who.go(path)).status, 200);
	assert.equal((await new Client(d).go("/desk/links")).status, 303);
});

test("links are asked slowly, and a dead one is told after two days, with the Archive's copy", async (t) => {
	try { execFileSync("sqlite3", ["-version"]); } catch { return t.skip("no sqlite3"); }
	const db = (sql) => execFileSync("sqlite3", ["-cmd", ".timeout 5000", join(s.dir, "data", "kairan.db"), sql], { encoding: "utf8" }).trim();
	const before = asked.length;
	const article = await owner.article({ title: "四", slug: "four", status: "published",
		body: ["moved", "nohead", "gone"].map((n, i) => `x[^${i}]`).join(" ") + "\n\n" + ["moved", "nohead", "gone"].map((n, i) => `[^${i}]: <${at}/${n}>`).join("\n") });
	await new Promise((done) => setTimeout(done, 1500));
	assert.equal(asked.length, before, "nothing is asked while the check is off");
	assert.equal((await owner.send("/desk/links", { do: "on" })).status, 303);
	const states = () => Object.fromEntries(db("SELECT url, state FROM source").split("\n").map((l) => [l.replace(/.*\//, "").split("|")[0], Number(l.split("|")[1])]));
	await until(async () => { const v = states(); return v.moved === 2 && v.nohead === 1 && v.gone === 1 && v.page === 1; }, 60000, "all were asked");
	const firsts = asked.slice(before).filter((a, i, all) => all.findIndex((b) => b.path === a.path) === i);
	for (let i = 1; i < firsts.length; i++) if (firsts[i].path !== "/page") assert.ok(firsts[i].at - firsts[i - 1].at > 3000, `${firsts[i].path} waits its turn`);
	assert.match((await owner.go("/desk/links?state=2")).text, /→ http:\/\/127\.0\.0\.1:\d+\/page/);
	state.gone = true;
	s.run("setting", "set", "link_archive", `${at}/wayback`);
	db("UPDATE source SET next_at = 0 WHERE url LIKE '%/gone'");
	await until(async () => states().gone === 3, 30000, "it failed once");
	assert.doesNotMatch((await owner.go("/desk/links")).text, /\/gone/);
	db("UPDATE source SET next_at = 0, checked_at = checked_at - 259200 WHERE url LIKE '%/gone'");
	await until(async () => states().gone === 4, 30000, "it is dead");
	assert.match((await owner.go("/desk/links")).text, /\/gone/);
	await until(async () => (await new Client(d).go("/articles/four")).text.includes(`class="archive" href="https://web.archive.org/web/20240501/`), 15000, "readers are shown the copy");
	db("UPDATE source SET archive_url = '' WHERE url LIKE '%/gone'");
	assert.match((await owner.go(article)).text, new RegExp(`href="https://web\\.archive\\.org/web/2/${at}/gone"`));
	assert.equal((await owner.send("/desk/links", { do: "off" })).status, 303);
});
