/* The demo site over HTTP: pages, headers, redirects, feeds, hostile requests. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import net from "node:net";
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

test("the portal greets and shows categories with their counts", async () => {
	const html = await (await get("/")).text();
	assert.match(html, /何をお探しですか/);
	assert.match(html, /暗号化<\/span> <span class="count">2</);
});

test("citations are tied both ways", async () => {
	const html = await (await get("/articles/encryption")).text();
	assert.match(html, /<a href="#cite-1" id="cite-1-ref-1">1<\/a>/);
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
	const [typed, texts] = await (await get("/search/suggest?q=VPN")).json();
	assert.equal(typed, "VPN");
	assert.ok(texts.length > 0);
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
	assert.match(await r.text(), /\/articles\/vpn/);
	assert.equal((await get("/articles/vpn/")).headers.get("location"), "/articles/vpn");
	const away = await get("//evil.example/");
	assert.ok(!(away.headers.get("location") || "/x").startsWith("//"));
});

test("hostile requests get a status, and the server goes on", async () => {
	const cases = [["GET /%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", /400/], ["GET /../etc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", /400/],
		["GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", /400/], ["POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", /405/],
		["BREW / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", /405|501/], ["GET /" + "a".repeat(10000) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", /414|431|400/],
		["GET /search?q=%ff%fe" + "%e3%81".repeat(900) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", /200/], ["GARBAGE\r\n\r\n", /^$|400/]];
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
