/* Translating from outside: started, written, put into an article, behind its original, and two people at it. No browser. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { start, site } from "../lib/kairan.mjs";
import { Client, enrol, file, formOf, until } from "../lib/desk.mjs";

let s, server, hana, jiro, author;
before(async () => {
	s = site();
	s.run("import", "markdown", "sample/articles");
	writeFileSync(join(s.dir, "kairan.conf"), readFileSync(join(s.dir, "kairan.conf"), "utf8") + "\nfetch_allow 127.0.0.0/8\n");
	server = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
	hana = await enrol(s, server.url, "hana", "editor");
	jiro = await enrol(s, server.url, "jiro", "translator");
	author = await enrol(s, server.url, "author", "author");
});
after(async () => {
	await server?.stop();
	s?.remove();
});

const MARKDOWN = `# How to use a VPN

A VPN hides **what you read** from your provider, for 5 million people[^1].

- It costs about 1,200 yen
- See [the guide](https://example.org/guide)

> Nobody may listen.

[^1]: A report, 2024. <https://example.org/report>
`;

async function begin(c, fields = {}) {
	const form = formOf((await c.go("/desk/translate/new")).text);
	return c.post("/desk/translate/new", { ...form, lang: "ja", from: "en", ...fields });
}
async function work(c, path) {
	const page = (await c.go(path)).text;
	return { page, form: formOf(page, '<form class="fields workbench"') };
}
const blocks = (form) => Object.keys(form).filter((k) => /^t\d+-/.test(k));
const idOf = (name) => name.match(/^t(\d+)-/)[1];
async function save(c, path, change, more = {}) {
	const { form } = await work(c, path);
	change(form, blocks(form));
	return c.post(path, { ...form, do: "save", ...more });
}

test("who may not translate sees none of it", async () => {
	for (const path of ["/desk/translate", "/desk/translate/new", "/desk/translate/1", "/desk/glossary", "/desk/glossary/export"]) {
		assert.equal((await author.go(path)).status, 403, path);
		assert.equal((await new Client(server.url).go(path)).status, 303, path);
	}
	const csrf = await author.token("/desk/account");
	for (const path of ["/desk/translate/new", "/desk/translate/1", "/desk/translate/1/block", "/desk/translate/1/original", "/desk/translate/1/article", "/desk/glossary", "/desk/glossary/import"]) {
		assert.equal((await author.send(path, { csrf, do: "save" })).status, 403, path);
		assert.equal((await hana.send(path, { csrf: "0".repeat(64), do: "save" })).status, 403, path);
	}
	assert.equal((await hana.go("/desk/translate/999")).status, 404);
});

test("a pasted text is cut into blocks, written, and becomes an article with its credits", async () => {
	const r = await begin(jiro, { text: MARKDOWN, url: "https://example.org/vpn" });
	assert.equal(r.status, 303, r.text.match(/role="alert">([^<]*)/)?.[1]);
	const path = r.location;
	let { page, form } = await work(jiro, path);
	const names = blocks(form);
	assert.equal(names.length, 6);
	assert.equal(form[names[5]], "A report, 2024. <https://example.org/report>");
	assert.match(page, /<strong>what you read<\/strong>/);
	assert.equal(form.original_title, "How to use a VPN");
	assert.equal(form.translator, "JIRO");
	const texts = ["VPNの使い方", "VPNは**何を読むか**を500万人の事業者から隠します[^1]。", "1,200円ほどです", "[手引き](https://example.org/guide)を見てください", "誰も聞いてはなりません。", "報告書、2024年。<https://example.org/report>"];
	const saved = await save(jiro, path, (f, n) => n.forEach((name, i) => { f[name] = texts[i]; f["d" + idOf(name)] = "1"; }), { preface: "訳者より", original_licence: "CC BY 4.0", original_author: "A. Writer", author: "A. Writer" });
	assert.equal(saved.status, 303);
	({ page } = await work(jiro, path));
	assert.match(page, /6のうち6が訳了|6 of 6 done/);
	assert.doesNotMatch(page, /class="term lacks"/);
	assert.match(page, /href="https:\/\/creativecommons\.org\/licenses\/by\/4\.0\/"/);
	const put = await jiro.send(path + "/article", { do: "put" }, path);
	assert.equal(put.status, 303);
	const article = (await jiro.go(path)).text.match(/href="(\/desk\/articles\/\d+)"/)[1];
	const a = formOf((await hana.go(article)).text);
	assert.equal(a.title, "VPNの使い方");
	assert.equal(a.body, "VPNは**何を読むか**を500万人の事業者から隠します[^1]。\n\n- 1,200円ほどです\n- [手引き](https://example.org/guide)を見てください\n\n> 誰も聞いてはなりません。\n\n[^1]: 報告書、2024年。<https://example.org/report>\n".trimEnd() + "\n");
	assert.equal(a.status, "draft");
	assert.equal(a.preface, "訳者より");
	assert.equal(a.original_url, "https://example.org/vpn");
	assert.equal(a.original_licence, "CC BY 4.0");
	assert.equal((await hana.post(article, { ...a, status: "published", slug: "vpn-use", do: "save" })).status, 303);
	const read = (await new Client(server.url).go("/articles/vpn-use")).text;
	assert.match(read, /<a href="https:\/\/creativecommons\.org\/licenses\/by\/4\.0\/" rel="license[^"]*">CC BY 4\.0<\/a> <small>クリエイティブ・コモンズ 表示<\/small>/);
	assert.match(read, /翻訳：JIRO/);
	assert.doesNotMatch(read, /原文の古い版/);
	/* The form says it in the log once, however often it is saved. */
	await save(jiro, path, (f) => { f.preface = "訳者より。"; });
	await save(jiro, path, (f) => { f.preface = "訳者より、一言。"; });
	/* A translator may not change what is public. */
	assert.equal((await jiro.send(path + "/article", { do: "put" }, path)).status, 403);
});

test("what a translation lost is marked", async () => {
	const path = (await begin(jiro, { text: MARKDOWN })).location;
	await save(jiro, path, (f, n) => { f[n[1]] = "VPNは隠します。"; f[n[2]] = "千円です"; f[n[3]] = "手引きを見てください"; f[n[4]] = "誰も聞けない。"; });
	const { page } = await work(jiro, path);
	const marked = [...page.matchAll(/class="term lacks"><em>([^<]*)<\/em> <code>([^<]*)<\/code>/g)].map((m) => m[2]);
	assert.deepEqual(marked, ["[^1]", "5", "1,200", "https://example.org/guide"]);
});

test("a translation of an article joins its group, and follows it", async () => {
	const c = hana, source = "/desk/articles/" + (await articleId("en", "Source of it"));
	async function articleId(lang, title) {
		const form = formOf((await c.go("/desk/articles/new")).text);
		const r = await c.post("/desk/articles/new", { ...form, lang, title, slug: "source-of-it", body: "One paragraph about courts.\n\nAnother paragraph about laws.\n", status: "published", author: "Editors", do: "save" });
		assert.equal(r.status, 303, r.text.match(/role="alert">([^<]*)/)?.[1]);
		return r.location.match(/\d+/)[0];
	}
	const started = await begin(c, { article: "/en/articles/source-of-it", from: "" });
	assert.equal(started.status, 303, started.text.match(/role="alert">([^<]*)/)?.[1]);
	const path = started.location;
	assert.equal((await begin(c, { article: server.url.replace(/.*/, "") + "/en/articles/source-of-it", lang: "en" })).status, 422);
	await save(c, path, (f, n) => ["原文の題", "裁判所の段落。", "法律の段落。"].forEach((t, i) => { f[n[i]] = t; f["d" + idOf(n[i])] = "1"; }));
	await c.send(path + "/article", { do: "put" }, path);
	const article = (await c.go(path)).text.match(/href="(\/desk\/articles\/\d+)">(?:記事|The article)</)[1];
	let a = formOf((await c.go(article)).text);
	assert.equal(a.original_url, "/en/articles/source-of-it");
	assert.equal(a.author, "Editors");
	assert.equal((await c.post(article, { ...a, status: "published", slug: "made-of-it", do: "save" })).status, 303);
	const reader = new Client(server.url), read = async (p = "/articles/made-of-it") => (await reader.go(p)).text;
	assert.match(await read(), /href="\/en\/articles\/source-of-it"/);
	assert.match(await read("/en/articles/source-of-it"), /href="\/articles\/made-of-it"/);
	/* Starting it again leads to the one there is. */
	assert.equal((await begin(c, { article: "/en/articles/source-of-it" })).location, path);
	/* The original is edited: readers are told within a moment, and the translator is shown what changed. */
	const edit = async (body) => {
		const form = formOf((await c.go(source)).text);
		assert.equal((await c.post(source, { ...form, body, do: "save" })).status, 303);
	};
	await edit("One paragraph about courts and judges.\n\nAnother paragraph about laws.\n\nA third one.\n");
	await until(async () => /この翻訳は原文の古い版によるものです（[\s\S]*href="\/en\/articles\/source-of-it"/.test(await read()), 3000, "the notice appears");
	assert.match((await c.go("/desk/translate")).text, /id="late-title"/);
	let { page, form } = await work(c, path);
	assert.match(page, /courts( |<\/?\w+>)*<ins> and judges<\/ins>|<ins>and judges/);
	assert.equal(form[blocks(form)[1]], "裁判所の段落。");
	assert.equal(form["d" + idOf(blocks(form)[1])], undefined);
	await save(c, path, (f, n) => { f[n[1]] = "裁判所と裁判官の段落。"; f[n[3]] = "三つ目。"; for (const i of [1, 3]) f["d" + idOf(n[i])] = "1"; });
	assert.match(await read(), /原文の古い版/);
	await c.send(path + "/article", { do: "put" }, path);
	await until(async () => { const t = await read(); return /三つ目。/.test(t) && !/原文の古い版/.test(t); }, 3000, "the notice goes");
	await edit("One paragraph about courts and judges!\n\nAnother paragraph about laws.\n\nA third one.\n");
	await until(async () => /原文の古い版/.test(await read()), 3000, "the notice appears again");
	assert.equal((await c.send(path, { do: "settle" }, path)).status, 303);
	await until(async () => !/原文の古い版/.test(await read()), 3000, "the notice goes again");
	/* Somebody edits the article itself. */
	a = formOf((await c.go(article)).text);
	assert.equal((await c.post(article, { ...a, body: a.body.replace("法律の段落。", "法と条文の段落。").replace("三つ目。", "三つ目。\n\n訳者の補足。"), do: "save" })).status, 303);
	({ page } = await work(c, path));
	assert.match(page, /id="elsewhere-title"/);
	assert.equal((await c.send(path + "/article", { do: "put" }, path)).status, 409);
	assert.equal((await c.send(path + "/article", { do: "take" }, path)).status, 303);
	({ page, form } = await work(c, path));
	assert.doesNotMatch(page, /id="elsewhere-title"/);
	assert.equal(form[blocks(form)[2]], "法と条文の段落。");
	assert.equal(form[blocks(form)[3]], "三つ目。\n\n訳者の補足。");
	assert.equal((await c.send(path + "/article", { do: "put" }, path)).status, 303);
	assert.match(formOf((await c.go(article)).text).body, /訳者の補足。/);
	assert.equal((await c.send(path, { do: "delete" }, path)).location, "/desk/translate?deleted=1");
	assert.equal((await c.go(path)).status, 404);
	assert.equal((await c.go(article)).status, 200);
});

test("a version that exists is laid beside its original, and nothing of it is lost", async () => {
	const id = JSON.parse(s.run("article", "list", "--json")).find((a) => a.slug === "tor" && a.lang === "ja")?.id ?? 1;
	const r = await begin(hana, { article: "/articles/tor", lang: "en" });
	assert.equal(r.status, 303, r.text.match(/role="alert">([^<]*)/)?.[1]);
	const { page, form } = await work(hana, r.location);
	assert.match(page, /Getting started with Tor Browser/);
	assert.doesNotMatch(page, /id="elsewhere-title"|id="behind-title"/);
	const all = blocks(form).map((n) => form[n]).join("\n");
	for (const words of ["Tor Browser sends your traffic", "The entry relay knows you", "Get it only from <https://www.torproject.org/>"]) assert.ok(all.includes(words), words);
	assert.ok(id);
});

test("two people at one translation: what both wrote stands in the form, the rest is saved", async () => {
	const path = (await begin(jiro, { text: "First.\n\nSecond.\n\nThird.\n" })).location;
	const mine = (await work(hana, path)).form, [, one, two, three] = blocks(mine);
	await save(jiro, path, (f) => { f[one] = "二郎の一。"; f[two] = "二郎の二。"; });
	const r = await hana.post(path, { ...mine, [one]: "花の一。", [three]: "花の三。", do: "save" });
	assert.equal(r.status, 409);
	assert.match(r.text, /二郎の一。/);
	const form = formOf(r.text, '<form class="fields workbench"'), names = blocks(form);
	assert.equal(form[names[1]], "花の一。");
	assert.equal((await work(hana, path)).form[blocks((await work(hana, path)).form)[2]], "二郎の二。");
	assert.equal((await hana.post(path, { ...form, do: "save" })).status, 303);
	const now = (await work(jiro, path)).form;
	assert.deepEqual(blocks(now).slice(1).map((n) => now[n]), ["花の一。", "二郎の二。", "花の三。"]);
});

test("a saved page: metadata, links made absolute, hostile markup gone, the copy as it came", async () => {
	const html = `<!doctype html><html lang="en"><head><title>Secret courts – The Post</title><meta property="og:site_name" content="The Post">
<meta name="author" content="B. Reporter"><meta property="article:published_time" content="2025-03-04T10:00:00Z"><link rel="license" href="https://creativecommons.org/licenses/by-nc-nd/4.0/">
</head><body><nav><a href="/">Home</a></nav><article><h1>Secret courts</h1><p>They <a href="../about?x=1#y">met</a> in <img src="https://cdn.example/x.png" alt="a room" onerror="alert(1)">.</p><script>alert(1)</script>
<p onclick="alert(2)">Second <a href="javascript:alert(3)">para</a>.</p></article></body></html>`;
	const r = await begin(jiro, { url: "https://post.example/a/b/c.html", from: "", file: file("saved.html", html) });
	assert.equal(r.status, 303, r.text.match(/role="alert">([^<]*)/)?.[1]);
	const { page, form } = await work(jiro, r.location);
	assert.deepEqual([form.original_title, form.original_author, form.original_publisher, form.original_date, form.original_url], ["Secret courts", "B. Reporter", "The Post", "2025-03-04", "https://post.example/a/b/c.html"]);
	assert.match(page, /href="https:\/\/post\.example\/a\/about\?x=1#y"/);
	assert.doesNotMatch(page, /onerror|onclick|javascript:|cdn\.example\/x\.png" alt/);
	assert.match(page, /改変を認めていません|allows no adaptations/);
	const copy = await jiro.go(page.match(/href="(\/desk\/translate\/\d+\/copies\/\d+)"/)[1]);
	assert.equal(copy.text, html);
	assert.equal(copy.headers.get("content-type"), "application/octet-stream");
	assert.match(copy.headers.get("content-disposition"), /^attachment/);
	/* A new saved page. */
	const back = formOf(page, '<form class="fields" action="/desk/translate/' + r.location.match(/\d+/)[0] + "/original");
	await save(jiro, r.location, (f, n) => { f[n[1]] = "彼らは[会った](https://post.example/a/about?x=1#y)。"; f["d" + idOf(n[1])] = "1"; });
	assert.equal((await jiro.post(r.location + "/original", back, { file: file("saved.html", html.replace("They", "We all")) })).status, 303);
	assert.match((await work(jiro, r.location)).page, /class="block changed"/);
	assert.equal((await jiro.post(r.location + "/original", { csrf: back.csrf, url: "", text: "" })).status, 422);
});

test("an address is fetched by the server, and what it may not ask it refuses", async () => {
	const other = createServer((q, a) => {
		if (q.url === "/page") a.setHeader("content-type", "text/html; charset=utf-8").end("<html lang=en><title>Fetched</title><body><main><h1>Fetched</h1><p>Some words of it.</p></main></body></html>");
		else a.writeHead(404).end();
	}).listen(0, "127.0.0.1");
	await new Promise((r) => other.once("listening", r));
	const base = `http://127.0.0.1:${other.address().port}`;
	const r = await begin(jiro, { url: base + "/page", from: "" });
	assert.equal(r.status, 303, r.text.match(/role="alert">([^<]*)/)?.[1]);
	assert.match((await work(jiro, r.location)).page, /Some words of it\./);
	assert.equal((await begin(jiro, { url: base + "/none" })).status, 422);
	other.close();
	for (const url of ["http://10.0.0.1/", "http://169.254.169.254/latest/", "file:///etc/passwd", "gopher://x/", "http://[::1]:1/"]) {
		const refused = await begin(jiro, { url });
		assert.equal(refused.status, 422, url);
		assert.match(refused.text, /role="alert"/);
	}
});

test("what a form says wrongly is told, and what was written stays", async () => {
	for (const [fields, status] of [[{}, 422], [{ text: "x", from: "not a language" }, 422], [{ text: "   " }, 422], [{ article: "/articles/nothing-here" }, 422], [{ article: "999999" }, 422], [{ text: "x", lang: "xx" }, 400], [{ text: "x", lang: "en", from: "en" }, 422]]) {
		const r = await begin(jiro, fields);
		assert.equal(r.status, status, JSON.stringify(fields));
	}
	const path = (await begin(jiro, { text: "One.\n" })).location;
	const r = await save(jiro, path, (f, n) => { f[n[1]] = "消えない訳文"; f.original_url = "javascript:alert(1)"; });
	assert.equal(r.status, 422);
	assert.match(r.text, />\n消えない訳文<\/textarea>/);
	assert.equal((await jiro.post(path, { csrf: await jiro.token(path), do: "dance" })).status, 400);
	/* More blocks than a translation may have. */
	assert.equal((await begin(jiro, { text: "a\n\n".repeat(2500) })).status, 413);
});

test("one block alone, as the page's script saves it", async () => {
	const path = (await begin(jiro, { text: "A court sat.\n\nTwo.\n" })).location;
	const { form } = await work(jiro, path), [, one] = blocks(form);
	const r = await jiro.post(path + "/block", { csrf: form.csrf, [one]: "裁判。", ["d" + idOf(one)]: "1" });
	assert.equal(r.status, 200);
	assert.match(r.text, new RegExp(`data-id="${idOf(one)}" data-stamp="[0-9a-f]{8}-[0-9a-f]{8}-1" data-state="done"`));
	assert.equal((await work(jiro, path)).form["d" + idOf(one)], "1");
	const clash = await jiro.post(path + "/block", { csrf: form.csrf, [one]: "別の訳。" });
	assert.equal(clash.status, 409);
	const late = (await hana.go("/desk/translate")).text;
	assert.match(late, /3のうち1|1 of 3/);
});

test("the glossary: kept, shown where its words stand, checked, as a file out and in", async () => {
	const add = (fields) => hana.send("/desk/glossary", { do: "save", from: "en", to: "ja", ...fields });
	assert.equal((await add({ term: "wiretapping", word: "盗聴|通信傍受", forbidden: "盗み聞き", note: "法律では「傍受」", category: "法" })).status, 303);
	assert.equal((await add({ term: "Wiretapping", word: "x" })).status, 409);
	assert.equal((await add({ term: "", word: "x" })).status, 422);
	assert.equal((await add({ term: "x", word: "y", to: "xx" })).status, 400);
	const path = (await begin(jiro, { text: "Who WIRETAPPED the phones?\n\nNobody.\n" })).location;
	const notes = (page) => [...page.matchAll(/<p class="term[^"]*">[\s\S]*?<\/p>/g)].map((m) => m[0]);
	assert.equal(notes((await work(jiro, path)).page).length, 1);
	assert.doesNotMatch(notes((await work(jiro, path)).page)[0], /lacks/);
	await save(jiro, path, (f, n) => { f[n[1]] = "誰が電話を盗み聞きしたのか。"; });
	assert.match(notes((await work(jiro, path)).page)[0], /lacks.*盗み聞き/s);
	await save(jiro, path, (f, n) => { f[n[1]] = "誰が電話を聞いたのか。"; });
	assert.match(notes((await work(jiro, path)).page)[0], /lacks/);
	await save(jiro, path, (f, n) => { f[n[1]] = "誰が電話を通信傍受したのか。"; });
	assert.doesNotMatch(notes((await work(jiro, path)).page)[0], /lacks/);
	const csv = (await hana.go("/desk/glossary/export")).text;
	assert.match(csv, /^\uFEFF?source language,language,term,translation,forbidden,note,category\r\n/);
	assert.match(csv, /en,ja,wiretapping,盗聴\|通信傍受,盗み聞き,法律では「傍受」,法\r\n/);
	const csrf = await hana.token("/desk/glossary");
	const bring = (text) => hana.post("/desk/glossary/import", { csrf, file: file("g.csv", text) });
	assert.equal((await bring(csv)).location, "/desk/glossary?imported=0");
	assert.equal((await bring(csv + 'en,ja,"due, process","適正, 手続き",,"a ""note""\nwith lines",\r\n')).location, "/desk/glossary?imported=1");
	assert.match((await hana.go("/desk/glossary?q=process")).text, /適正, 手続き/);
	assert.equal((await bring(csv + "en,ja,,nothing\r\n")).status, 422);
	assert.equal((await hana.go("/desk/glossary?q=" + encodeURIComponent("<b>&"))).status, 200);
	const edit = (await hana.go("/desk/glossary?q=wiretapping")).text.match(/href="(\/desk\/glossary\?edit=\d+)#term"/)[1];
	assert.equal(formOf((await hana.go(edit)).text).word, "盗聴|通信傍受");
	assert.equal((await hana.send("/desk/glossary", { do: "remove", id: edit.match(/\d+/)[0] })).status, 303);
	assert.equal(notes((await work(jiro, path)).page).length, 0);
});
