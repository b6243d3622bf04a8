/* The demo site over HTTP: pages, headers, redirects, feeds, hostile requests. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import net from "node:net";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { start, site } from "../lib/kairan.mjs";

let server;
before(async () => { server = await start(["demo", "--listen", "127.0.0.1:0"]); });
after(async () => { await server.stop(); });

const get = (path, options) => fetch(server.url + path, { redirect: "manual", ...options });

/* Bytes as they are; the answer's first line. */
function raw(bytes) {
	return new Promise((resolve, reject) => {
		const { hostname, port } = new URL(server.url);
		const socket = net.connect(port, hostname, () => socket.write(bytes));
		let out = "";
		socket.on("data", (d) => { out += d; });
		socket.on("close", () => resolve(out.split("\r\n")[0]));
		socket.on("error", reject);
		setTimeout(() => socket.destroy(), 1500);
	});
}

test("pages answer in both languages with the strict headers and no cookie", async () => {
	for (const path of ["/", "/en", "/articles/encryption", "/en/articles/encryption", "/search?q=VPN", "/categories/encryption"]) {
		const r = await get(path);
		assert.equal(r.status, 200, path);
		assert.match(r.headers.get("content-security-policy"), /default-src 'none'/);
		assert.equal(r.headers.get("referrer-policy"), "no-referrer");
		assert.equal(r.headers.get("set-cookie"), null);
		const html = await r.text();
		assert.match(html, path.startsWith("/en") ? /<html lang="en"/ : /<html lang="ja"/);
		assert.doesNotMatch(html, /(src|href)="(https?:)?\/\/[^"]*\.(js|css|png)/);
	}
});

test("Content-Language says the language of what the page is about", async () => {
	for (const [path, lang] of [["/", "ja"], ["/en", "en"], ["/articles/vpn", "ja"], ["/en/articles/vpn", "en"], ["/search?q=VPN", "ja"], ["/en/nothing", "en"]])
		assert.equal((await get(path)).headers.get("content-language"), lang, path);
	for (const path of ["/healthz", "/api/v1/articles", "/articles/vpn/"]) assert.equal((await get(path)).headers.get("content-language"), null, path);
});

test("while the index is made anew the site serves, and what lacks it says so and is not kept", async () => {
	const s = site();
	s.run("import", "markdown", "sample/articles");
	for (let round = 0; round < 5; round++) {
		for (const file of readdirSync(s.dir + "/data")) if (file.startsWith("index")) rmSync(s.dir + "/data/" + file);
		const running = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
		const ask = (path) => fetch(running.url + path);
		try {
			const [article, ...searches] = await Promise.all(["/articles/vpn", "/search?q=VPN", "/api/v1/search?q=VPN", "/search.atom?q=VPN", "/search/suggest?q=VPN"].map(ask));
			assert.equal(article.status, 200);
			for (const r of searches) {
				assert.ok([200, 503].includes(r.status), `${r.url}: ${r.status}`);
				if (r.status === 503 && r.url.includes("/search?q") && !r.url.includes("api")) {
					assert.ok(r.headers.get("retry-after"));
					assert.match(await r.text(), /検索の準備をしています/);
				}
			}
			for (let i = 0; i < 100 && (await ask("/search?q=VPN")).status !== 200; i++) await new Promise((r) => setTimeout(r, 50));
			/* Related articles are found after that, and a page without them was not kept. */
			for (let i = 0; i < 100 && !/関連記事/.test(await (await ask("/articles/vpn")).text()); i++) await new Promise((r) => setTimeout(r, 50));
			assert.match(await (await ask("/articles/vpn")).text(), /関連記事/);
		} finally {
			await running.stop();
		}
	}
	s.remove();
});

test("the default language's own prefix leads to the page without it, and the API speaks JSON of what is not there", async () => {
	for (const [from, to] of [["/ja", "/"], ["/ja/articles/vpn?x=1", "/articles/vpn?x=1"], ["/JA/search?q=VPN", "/search?q=VPN"]]) {
		const r = await get(from);
		assert.equal(r.status, 301, from);
		assert.equal(r.headers.get("location"), to);
	}
	assert.ok(!((await get("/ja//evil.example/")).headers.get("location") || "/x").startsWith("//"));
	const r = await get("/api/v1/nothing");
	assert.equal(r.status, 404);
	assert.equal(r.headers.get("content-type"), "application/problem+json");
	assert.equal((await r.json()).status, 404);
});

test("a broken theme is told once, and the last good one stays", async () => {
	const s = site();
	mkdirSync(s.dir + "/theme");
	const running = await start(["-C", s.dir, "serve", "--dev", "--listen", "127.0.0.1:0"], "pipe");
	const shows = async (what) => { for (let i = 0; i < 60; i++) { if ((await (await fetch(running.url + "/")).text()).includes(what)) return true; await new Promise((r) => setTimeout(r, 100)); } return false; };
	try {
		writeFileSync(s.dir + "/theme/portal.mustache", "first {{site.name}}");
		assert.ok(await shows("first ヘルプセンター"));
		writeFileSync(s.dir + "/theme/portal.mustache", "second\n{{#open}}");
		await new Promise((r) => setTimeout(r, 1500));
		assert.ok(await shows("first ヘルプセンター"));
		assert.equal(running.said().match(/portal\.mustache, line 2/g)?.length, 1, running.said());
		writeFileSync(s.dir + "/theme/portal.mustache", "third {{site.name}}");
		assert.ok(await shows("third ヘルプセンター"));
	} finally {
		await running.stop();
		s.remove();
	}
});

test("an empty site says so", async () => {
	const s = site();
	const running = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
	try {
		const html = await (await fetch(running.url + "/")).text();
		assert.match(html, /ここにはまだ記事がありません/);
		assert.doesNotMatch(html, /<h2/);
	} finally {
		await running.stop();
		s.remove();
	}
});

test("the portal greets and shows categories with their counts", async () => {
	const html = await (await get("/")).text();
	assert.match(html, /何をお探しですか/);
	assert.match(html, /暗号化<\/span> <span class="count">2</);
});

test("citations are tied both ways", async () => {
	const html = await (await get("/articles/encryption")).text();
	assert.match(html, /<a href="#cite-1" title="Electronic Frontier Foundation[^"]*" id="cite-1-ref-1">1<\/a>/);
	assert.match(html, /<li id="cite-1"/);
	assert.match(html, /href="#cite-1-ref-1"/);
});

test("search finds words of one and two characters, and sentences", async () => {
	for (const [q, want] of [["鍵", "/articles/"], ["監視", "/articles/cameras"], ["VPNは匿名になりますか", "/articles/vpn"]]) {
		const html = await (await get("/search?q=" + encodeURIComponent(q))).text();
		assert.match(html, new RegExp(`class="item">\\s*<h3><a href="${want}`), q);
		assert.match(html, /<mark>/);
	}
	const nothing = await (await get("/search?q=" + encodeURIComponent("ぬ゛ゎ"))).text();
	assert.match(nothing, /見つかりませんでした/);
});

test("long vowels are one with short ones, and what is marked is what is written", async () => {
	const html = await (await get("/search?q=" + encodeURIComponent("サーバ"))).text();
	assert.match(html, /<mark>サーバー<\/mark>/);
});

test("an ETag answers 304, and compression is negotiated", async () => {
	const first = await get("/articles/vpn", { headers: { "accept-encoding": "identity" } });
	const again = await get("/articles/vpn", { headers: { "if-none-match": first.headers.get("etag") } });
	assert.equal(again.status, 304);
	const br = await get("/articles/vpn", { headers: { "accept-encoding": "br, gzip;q=0.5" } });
	assert.equal(br.headers.get("content-encoding"), "br");
	assert.match(await br.text(), /VPN/);
	const none = await get("/articles/vpn", { headers: { "accept-encoding": "br;q=0" } });
	assert.equal(none.headers.get("content-encoding"), null);
});

test("a connection is kept for the next request", async () => {
	const line = "GET /articles/vpn HTTP/1.1\r\nHost: x\r\n";
	const { hostname, port } = new URL(server.url);
	const socket = net.connect(port, hostname, () => socket.write(line + "\r\n" + line + "Connection: close\r\n\r\n"));
	let out = "";
	for await (const data of socket) out += data;
	assert.equal(out.match(/HTTP\/1\.1 200 OK/g).length, 2);
});

test("feeds, sitemap, OpenSearch and the API answer in their types", async () => {
	for (const [path, type] of [["/feed.atom", "application/atom+xml"], ["/sitemap.xml", "application/xml"], ["/opensearch.xml", "application/opensearchdescription+xml"], ["/api/v1/articles", "application/json"], ["/search/suggest?q=VPN", "application/x-suggestions+json"]]) {
		const r = await get(path);
		assert.equal(r.status, 200);
		assert.ok(r.headers.get("content-type").startsWith(type), path);
	}
	const list = await (await get("/api/v1/articles?per_page=100")).json();
	assert.equal(list.articles.length, list.total);
	const one = await (await get("/api/v1/articles/" + list.articles[0].id)).json();
	assert.equal(one.title, list.articles[0].title);
	assert.equal((await get("/api/v1/articles?page=0")).status, 400);
	for (const q of ["VPN", "暗号", "団体"]) {
		const [typed, texts, notes, urls] = await (await get("/search/suggest?q=" + encodeURIComponent(q))).json();
		assert.equal(typed, q);
		assert.ok(texts.length > 0 || q === "団体");
		assert.equal(notes.length, texts.length);
		assert.equal(urls.length, texts.length);
	}
});

/* What xmllint says of it; a reason to skip where there is none. */
function malformed(xml) {
	const r = spawnSync("xmllint", ["--noout", "-"], { input: xml, encoding: "utf8" });
	return r.error ? "" : r.stderr;
}

/* RFC 4287: what a feed and an entry must have, and may have only once. */
function checkAtom(xml, path) {
	assert.equal(malformed(xml), "", path);
	const count = (text, name) => text.match(new RegExp(`<${name}[ >]`, "g"))?.length ?? 0;
	const [head, ...entries] = xml.split("<entry ");
	for (const part of [head, ...entries]) {
		for (const name of ["id", "title", "updated"]) assert.equal(count(part, name), 1, `${path}: ${name}`);
		for (const time of part.matchAll(/<(?:updated|published)>([^<]*)</g)) assert.match(time[1], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
		assert.ok(part.match(/rel="alternate"/g).length === 1);
	}
	assert.match(head, /<feed xmlns="http:\/\/www.w3.org\/2005\/Atom" xml:lang="(ja|en)">/);
	assert.match(head, /rel="self"/);
	assert.equal(new Set(xml.match(/<id>[^<]*/g)).size, entries.length + 1, `${path}: an id twice`);
	return entries.length;
}

test("feeds are valid Atom, one for all, one a category, one a search", async () => {
	for (const [path, least] of [["/feed.atom", 16], ["/en/feed.atom", 16], ["/categories/tools/feed.atom", 5], ["/search.atom?q=VPN", 1], ["/en/search.atom?q=VPN&lang=en", 1], ["/search.atom?q=zzzz", 0], ["/search.atom", 0], ["/search.atom?q=%3C%00%26%22%1b", 0]]) {
		const r = await get(path);
		assert.equal(r.status, 200, path);
		assert.match(r.headers.get("content-type"), /^application\/atom\+xml/);
		assert.ok(checkAtom(await r.text(), path) >= least, path);
	}
	const [one, two] = await Promise.all(["/search.atom?q=VPN", "/search.atom?q=Tor"].map(async (p) => (await (await get(p)).text()).match(/<id>[^<]*/)[0]));
	assert.notEqual(one, two);
});

test("the sitemap names every version with its alternates, and OpenSearch both ways to ask", async () => {
	const map = await (await get("/sitemap.xml")).text();
	assert.equal(malformed(map), "");
	const entry = map.split("<url>").find((u) => u.includes("/en/articles/encryption</loc>"));
	assert.match(entry, /hreflang="ja" href="[^"]*\/articles\/encryption"/);
	assert.match(entry, /hreflang="en" href="[^"]*\/en\/articles\/encryption"/);
	assert.match(entry, /<lastmod>/);
	const open = await (await get("/en/opensearch.xml")).text();
	assert.equal(malformed(open), "");
	assert.match(open, /template="[^"]*\/en\/search\?q=\{searchTerms\}"/);
	assert.match(open, /template="[^"]*\/en\/search\/suggest\?q=\{searchTerms\}"/);
	assert.ok(open.match(/<ShortName>([^<]*)/)[1].length <= 16);
});

test("JSON-LD of an article says what the page says", async () => {
	const html = await (await get("/en/articles/sources")).text();
	const ld = JSON.parse(html.match(/<script type="application\/ld\+json">([^<]*)</)[1]);
	assert.equal(ld["@context"], "https://schema.org");
	assert.equal(ld["@type"], "Article");
	assert.equal(ld.inLanguage, "en");
	assert.match(html, new RegExp(`<h1>${ld.headline}</h1>`));
	for (const key of ["datePublished", "dateModified"]) assert.ok(!Number.isNaN(Date.parse(ld[key])), key);
	assert.equal(ld.author["@type"], "Person");
	assert.equal(ld.translationOfWork.inLanguage, "ja");
});

test("the search page: filters with counts, orders, help, no dead end", async () => {
	const found = await (await get("/search?q=VPN")).text();
	assert.match(found, /<nav class="filter" aria-label="カテゴリー">/);
	assert.match(found, /<nav class="filter" aria-label="言語">/);
	assert.match(found, /href="\/search\?q=VPN&amp;lang=en"/);
	assert.match(found, /order=newest/);
	assert.match(found, /<details class="help">/);
	assert.match(found, /href="\/search\.atom\?q=/);
	const only = await (await get("/search?q=VPN&lang=en")).text();
	assert.doesNotMatch(only, /<h3><a href="\/articles/);
	assert.match(only, /aria-current="true"><span class="label">英語/);
	const nothing = await (await get("/search?q=" + encodeURIComponent("ぬ゛ゎ<&>"))).text();
	assert.match(nothing, /「ぬ゛ゎ&lt;&amp;&gt;」に当てはまる記事は見つかりませんでした/);
	assert.match(nothing, /<form class="question" action="\/questions" method="post">/);
	assert.match(nothing, /<textarea[^>]*>ぬ゛ゎ&lt;&amp;&gt;<\/textarea>/);
	assert.match(nothing, /href="\/categories\/privacy"/);
	assert.equal((await get("/search?q=VPN&page=40")).status, 404);
	assert.equal((await get("/search?q=zzzz&page=40")).status, 200);
	const empty = await (await get("/en/search")).text();
	assert.match(empty, /href="\/en\/categories\/privacy"/);
	assert.doesNotMatch(empty, /No article|Nothing was found/);
});

test("every page of results that is linked to holds results, however many there are", async () => {
	const s = site();
	const dir = s.dir + "/in";
	mkdirSync(dir);
	for (let i = 0; i < 1100; i++) writeFileSync(`${dir}/${i}.md`, `---\ntitle: 記事 ${i}\n---\n団体の会議\n`);
	s.run("import", "markdown", dir);
	const running = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
	try {
		const ask = async (page) => fetch(`${running.url}/search?q=${encodeURIComponent("会議")}&page=${page}`);
		for (let i = 0; i < 200 && (await ask(1)).status !== 200; i++) await new Promise((r) => setTimeout(r, 50));
		const first = await (await ask(1)).text();
		assert.match(first, /1,100件見つかりました/);
		const last = Math.max(...[...first.matchAll(/page=(\d+)"/g)].map((m) => Number(m[1])));
		const r = await ask(last);
		assert.equal(r.status, 200);
		assert.match(await r.text(), /<li class="item"/);
		assert.equal((await ask(last + 1)).status, 404);
	} finally {
		await running.stop();
		s.remove();
	}
});

test("a hit says in which other languages its article can be read", async () => {
	const html = await (await get("/search?q=" + encodeURIComponent("安全番号") + "&lang=ja")).text();
	assert.match(html, /この記事は英語でも読めます：\s*<a href="\/en\/articles\/encryption" lang="en"/);
});

test("suggestions: headings lead to their place in the article, and odd questions do no harm", async () => {
	for (const [q, wanted] of [["団体で決", "団体で決めること"], ["Keep a r", "Keep a record"]]) {
		const [, texts, notes, urls] = await (await get("/search/suggest?q=" + encodeURIComponent(q))).json();
		const at = texts.indexOf(wanted);
		assert.ok(at >= 0, `${q}: ${texts}`);
		assert.ok(notes[at].length > 0);
		const [path, fragment] = urls[at].split("#");
		const r = await get(path);
		assert.equal(r.status, 200);
		assert.ok(fragment && (await r.text()).includes(`id="${decodeURIComponent(fragment)}"`), urls[at]);
	}
	for (const odd of ["", "%00", "%ff", "a".repeat(1000), "%E3%83%BC"])
		assert.equal((await get("/search/suggest?q=" + odd)).status, 200);
});

test("a missing page offers what its words find, and never leads away", async () => {
	const r = await get("/old/vpn.html");
	assert.equal(r.status, 404);
	const html = await r.text();
	assert.match(html, /\/articles\/vpn/);
	assert.match(html, /name="q" type="search" value="vpn"/);
	assert.equal((await get("/articles/vpn/")).headers.get("location"), "/articles/vpn");
	const away = await get("//evil.example/");
	assert.ok(!(away.headers.get("location") || "/x").startsWith("//"));
});

test("hostile requests get a status, and the server goes on", async () => {
	const cases = [["GET /%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", /400/], ["GET /../etc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", /400/],
		["GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", /400/], ["POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", /405/],
		["BREW / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", /405|501/], ["GET /" + "a".repeat(10000) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", /414|431|400/],
		["GET /search?q=%ff%fe" + "%e3%81".repeat(600) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", /200/], ["GARBAGE\r\n\r\n", /^$|400/]];
	for (const [bytes, want] of cases) assert.match(await raw(bytes), want, bytes.slice(0, 40));
	assert.equal((await get("/healthz")).status, 200);
});

test("a change from the shell shows on a running site", async () => {
	const s = site();
	const running = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
	try {
		assert.match(await (await fetch(running.url + "/")).text(), /ヘルプセンター/);
		s.run("setting", "set", "name.ja", "新しい名前");
		await new Promise((r) => setTimeout(r, 600));
		assert.match(await (await fetch(running.url + "/")).text(), /新しい名前/);
	} finally {
		await running.stop();
		s.remove();
	}
});
