/* Every action of the API: what it does, each way it refuses, and that both are what the document says. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { start, site } from "../lib/kairan.mjs";
import { Api, IN_API_DESK } from "../lib/api.mjs";
import { check } from "../lib/schema.mjs";

const D = "/api/v1/desk";
const EVERYTHING = "articles:read articles:write articles:publish media structure search settings people log webhooks translations sources";
/* A red point. */
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==", "base64");

let s, server, api, owner, pool;
/* Calls are counted a token, so these take turns. */
let turn = 0;
const call = (method, path, body, headers) => api.call(pool[turn++ % pool.length], method, path.startsWith("/api") ? path : D + path, body, headers);

before(async () => {
	s = site();
	s.run("import", "markdown", "sample/articles");
	s.run("user", "add", "--role", "owner", "--name", "花", "hana");
	owner = s.run("token", "add", "--scopes", EVERYTHING, "hana", "main").trim();
	pool = Array.from({ length: 16 }, (_, i) => s.run("token", "add", "--scopes", EVERYTHING, "hana", `script ${i}`).trim());
	server = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
	api = await Api.open(server.url);
});
after(async () => {
	await server?.stop();
	s?.remove();
});

const article = async (fields) => {
	const r = await call("POST", "/articles", { title: "題", body: "本文", ...fields });
	assert.equal(r.status, 201, r.text);
	return r;
};

test("the document is a valid OpenAPI 3.1 document, with an id, a group and a summary for each operation", async () => {
	const validator = new Validator();
	const { valid, errors } = await validator.validate(structuredClone(api.document));
	assert.ok(valid, JSON.stringify(errors));
	assert.equal(validator.version, "3.1");
	const ids = api.operations().map((o) => o.op.operationId);
	assert.equal(new Set(ids).size, ids.length);
	for (const { path, op } of api.operations()) {
		assert.ok(op.summary && op.tags.every((t) => api.document.tags.some((k) => k.name === t)), op.operationId);
		const named = [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
		assert.deepEqual(op.parameters.filter((p) => p.in === "path").map((p) => p.name).sort(), named, op.operationId);
	}
	const r = await fetch(server.url + "/api/v1/openapi.json");
	assert.ok(r.headers.get("etag"));
	assert.equal((await fetch(server.url + "/api/v1/openapi.json", { headers: { "if-none-match": r.headers.get("etag") } })).status, 304);
});

test("the page of it names every action, needs no script, and lets nobody else in", async () => {
	const r = await fetch(server.url + "/api/v1/docs"), html = await r.text();
	assert.equal(r.status, 200);
	assert.doesNotMatch(html, /<script|style="/);
	for (const { op } of api.operations()) assert.match(html, new RegExp(`id="${op.operationId}"`));
});

/* ---- what each action does ---- */

test("who am I", async () => {
	const r = await api.call(owner, "GET", D + "/me");
	assert.deepEqual([r.json.login, r.json.name, r.json.role, r.json.token.name, r.json.token.scopes.join(" ")], ["hana", "花", "owner", "main", EVERYTHING]);
});

test("an article: made, read, changed, published, seen by readers", async () => {
	const cat = (await call("GET", "/categories?limit=1")).json.items[0].id;
	const made = await article({ title: "通信の秘密", body: "一\r\n\r\n二", lang: "ja", slug: "secrecy", format: "markdown", preface: "序", summary: "要約", author: "花", translator: "健",
		original: { title: "Secrecy", url: "https://example.org/a", licence: "CC BY 4.0" }, categories: [cat], tags: [" 安全 ", "安全", "VPN"], sticky: false });
	assert.equal(made.headers.get("location"), `${D}/articles/${made.json.id}`);
	assert.equal(made.json.status, "draft");
	assert.equal(made.json.url, null);
	const path = `/articles/${made.json.id}`;
	const got = await call("GET", path);
	assert.equal(got.etag, made.etag);
	assert.equal(got.json.body, "一\n\n二");
	assert.deepEqual(got.json.tags, ["安全", "VPN"]);
	assert.deepEqual([got.json.original.title, got.json.original.author, got.json.categories[0]], ["Secrecy", "", cat]);
	assert.equal((await call("GET", path, undefined, { "if-none-match": got.etag })).status, 304);
	const changed = await call("PATCH", path, { summary: "別の要約", original: { author: "A" } }, { "if-match": got.etag });
	assert.equal(changed.status, 200, changed.text);
	assert.notEqual(changed.etag, got.etag);
	assert.deepEqual(changed.json.original, { ...got.json.original, author: "A" });
	assert.equal((await call("GET", path)).json.body, "一\n\n二");
	const late = await call("PATCH", path, { title: "x" }, { "if-match": got.etag });
	assert.equal(late.status, 412);
	assert.equal(late.json.current.summary, "別の要約");
	assert.equal(late.etag, changed.etag);
	const soon = new Date(Date.now() + 3600_000).toISOString().replace(/\.\d+/, "");
	const scheduled = await call("POST", path + "/publish", { at: soon }, { "if-match": changed.etag });
	assert.deepEqual([scheduled.json.status, scheduled.json.published], ["scheduled", soon]);
	const published = await call("POST", path + "/publish");
	assert.equal(published.json.status, "published");
	assert.match(published.json.url, /\/articles\/secrecy$/);
	assert.ok(Date.parse(published.json.published) <= Date.now());
	const until = Date.now() + 2000;
	while ((await fetch(server.url + "/articles/secrecy")).status !== 200) assert.ok(Date.now() < until);
	assert.equal((await call("POST", path + "/publish", {}, { "if-match": '"x"' })).status, 412);
	const entry = (await call("GET", "/log?limit=1")).json.items[0];
	assert.match(entry.by, /^花 \(script \d\)$/);
	assert.deepEqual([entry.action, entry.object], ["article.save", `${made.json.id} 通信の秘密`]);
});

test("a page is followed by the next, and all articles come once", async () => {
	const seen = [];
	let path = D + "/articles?limit=7";
	for (let pages = 0; path; pages++) {
		assert.ok(pages < 20);
		const r = await call("GET", path);
		seen.push(...r.json.items.map((a) => a.id));
		path = r.headers.get("link")?.match(/^<([^>]+)>; rel="next"$/)[1];
		if (path) assert.ok(path.includes(encodeURIComponent(r.json.next)) && path.includes("limit=7"));
	}
	const all = (await call("GET", "/articles?limit=100")).json.items.map((a) => a.id);
	assert.deepEqual(seen, all);
	assert.equal(new Set(all).size, all.length);
	assert.ok(all.length > 20);
	for (const [query, fits] of [["status=draft", (a) => a.status === "draft"], ["lang=en", (a) => a.lang === "en"], ["title=VPN", (a) => a.title.includes("VPN")], ["category=1", () => true], ["tag=VPN", () => true]]) {
		const { items } = (await call("GET", "/articles?" + query)).json;
		assert.ok(items.every(fits), query);
	}
	assert.equal((await call("GET", "/articles?tag=" + encodeURIComponent("ない"))).json.items.length, 0);
	for (const list of ["revisions", "log", "people", "categories", "tags"]) {
		const at = list === "revisions" ? `/articles/${all[0]}/revisions` : "/" + list;
		for (const cursor of ["x", "-1", "1-x"]) assert.equal((await call("GET", `${at}?cursor=${cursor}`)).status, 400, `${list} ${cursor}`);
	}
	assert.equal((await call("GET", "/articles?cursor=12")).status, 400);
});

test("revisions: listed, read, restored", async () => {
	const made = await article({ title: "版", body: "一" }), path = `/articles/${made.json.id}`;
	await call("PATCH", path, { body: "二", title: "版 2" }, { "if-match": "*" });
	const list = (await call("GET", path + "/revisions")).json.items;
	assert.deepEqual(list.map((r) => r.title), ["版 2", "版"]);
	assert.match(list[0].by, /花 \(script/);
	const first = `${path}/revisions/${list[1].id}`;
	assert.equal((await call("GET", first)).json.text.body, "一");
	assert.equal((await call("POST", first + "/restore", {}, { "if-match": made.etag })).status, 412);
	const back = await call("POST", first + "/restore");
	assert.deepEqual([back.status, back.json.body, back.json.title], [200, "一", "版"]);
	assert.equal((await call("GET", path + "/revisions?limit=2")).json.items.length, 2);
	assert.equal((await call("GET", `/articles/1/revisions/${list[1].id}`)).status, 404);
});

test("the trash: an article goes there, comes back, and goes for good", async () => {
	const made = await article({ title: "捨てる", status: "published", slug: "away" }), path = `/articles/${made.json.id}`, at = `/trash/${made.json.id}`;
	assert.equal((await call("DELETE", path, undefined, { "if-match": '"x"' })).status, 412);
	assert.equal((await call("DELETE", path, undefined, { "if-match": made.etag })).status, 204);
	assert.equal((await call("GET", path)).json.status, "trashed");
	assert.equal((await call("DELETE", path)).status, 204);
	assert.equal((await call("PATCH", path, { title: "x" }, { "if-match": "*" })).status, 409);
	assert.equal((await call("POST", path + "/publish")).status, 409);
	const [first] = (await call("GET", "/trash?limit=1")).json.items;
	assert.deepEqual([first.id, first.before], [made.json.id, "published"]);
	assert.match(first.by, /花 \(script/);
	const back = await call("POST", at + "/restore");
	assert.deepEqual([back.json.status, back.json.slug], ["published", "away"]);
	assert.equal((await call("POST", at + "/restore")).status, 404);
	assert.equal((await call("DELETE", at)).status, 404);
	assert.equal((await call("DELETE", path)).status, 204);
	assert.equal((await call("DELETE", at)).status, 204);
	assert.equal((await call("GET", path)).status, 404);
});

test("redirects: set, listed, checked, deleted", async () => {
	const put = (from, to) => call("PUT", "/redirects", { from, to });
	const r = await put("/old/page/", "/articles/vpn");
	assert.equal(r.status, 200, r.text);
	assert.equal(r.json.from, "/old/page");
	assert.equal(typeof r.json.article, "number");
	assert.match((await fetch(server.url + "/old/page", { redirect: "manual" })).headers.get("location"), /\/articles\/vpn$/);
	assert.equal((await put("/old/page", "/search")).json.path, "/search");
	assert.equal((await put("/loop", "/loop")).json.errors[0].pointer, "/to");
	for (const [from, to, pointer] of [["", "/search", "/from"], ["/x", "https://evil.example/", "/to"], ["/x", "//evil.example/", "/to"]])
		assert.equal((await put(from, to)).json.errors[0].pointer, pointer, `${from} ${to}`);
	assert.ok((await call("GET", "/redirects?text=" + encodeURIComponent("/old"))).json.items.some((x) => x.from === "/old/page"));
	assert.equal((await call("DELETE", "/redirects?from=" + encodeURIComponent("/old/page"))).status, 204);
	assert.equal((await call("DELETE", "/redirects?from=" + encodeURIComponent("/old/page"))).status, 404);
	assert.equal((await call("DELETE", "/redirects")).status, 400);
});

test("a preview is clean and keeps nothing", async () => {
	const before = (await call("GET", "/articles?limit=100")).json.items.length;
	const r = await call("POST", "/preview", { body: "**強調** <script>alert(1)</script> [a](https://example.org/)", preface: "序" });
	assert.match(r.json.html, /<strong>強調<\/strong>/);
	assert.doesNotMatch(r.json.html, /<script/);
	assert.deepEqual(r.json.links, ["https://example.org/"]);
	assert.match((await call("POST", "/preview", { body: "<p>a</p>", format: "html", lang: "en" })).json.html, /<p>a<\/p>/);
	assert.equal((await call("GET", "/articles?limit=100")).json.items.length, before);
});

test("categories: made, moved, renamed, deleted; tags counted", async () => {
	const top = await call("POST", "/categories", { names: [{ lang: "ja", name: "法律", description: "法" }, { lang: "en", name: "Law" }], slug: "law", position: 3 });
	assert.equal(top.status, 201, top.text);
	assert.deepEqual([top.json.slug, top.json.parent, top.json.articles, top.headers.get("location")], ["law", null, 0, `${D}/categories/${top.json.id}`]);
	const below = await call("POST", "/categories", { names: [{ lang: "ja", name: "憲法" }], parent: top.json.id });
	assert.equal(below.json.parent, top.json.id);
	const circle = await call("PATCH", `/categories/${top.json.id}`, { parent: below.json.id });
	assert.equal(circle.status, 422);
	assert.equal(circle.json.errors[0].pointer, "/parent");
	const moved = await call("PATCH", `/categories/${below.json.id}`, { parent: null, slug: "constitution" }, { "if-match": below.etag });
	assert.deepEqual((await call("GET", `/categories/${below.json.id}`)).json, moved.json);
	assert.deepEqual([moved.json.parent, moved.json.slug, moved.json.names.length], [null, "constitution", 1]);
	const late = await call("PATCH", `/categories/${below.json.id}`, { position: 1 }, { "if-match": below.etag });
	assert.equal(late.status, 412);
	assert.equal(late.json.current.slug, "constitution");
	assert.equal((await call("GET", `/categories/${below.json.id}`, undefined, { "if-none-match": moved.etag })).status, 304);
	assert.equal((await call("DELETE", `/categories/${below.json.id}`, undefined, { "if-match": below.etag })).status, 412);
	assert.equal((await call("DELETE", `/categories/${below.json.id}`)).status, 204);
	assert.equal((await call("GET", `/categories/${below.json.id}`)).status, 404);
	for (const names of [[], [{ lang: "xx", name: "a" }], [{ lang: "ja", name: " " }], [{ lang: "ja", name: "a" }, { lang: "ja", name: "b" }]])
		assert.equal((await call("POST", "/categories", { names })).status, 422, JSON.stringify(names));
	assert.ok((await call("GET", "/tags")).json.items.some((t) => t.articles > 0));
});

test("images: kept once, told by their content", async () => {
	const r = await call("POST", "/media?name=point.png", PNG);
	assert.equal(r.status, 201, r.text);
	assert.deepEqual([r.json.type, r.json.width, r.json.height], ["image/png", 1, 1]);
	assert.equal((await fetch(server.url + r.json.url)).headers.get("content-type"), "image/png");
	assert.equal((await call("POST", "/media", PNG)).json.hash, r.json.hash);
	assert.deepEqual((await call("GET", `/media/${r.json.hash}`)).json, r.json);
	assert.equal((await call("POST", "/media?name=a.png", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"))).status, 415);
});

test("synonyms, pins, questions, what was looked for in vain", async () => {
	const a = await call("POST", "/synonyms", { words: ["監視カメラ", "防犯カメラ"] });
	assert.deepEqual([a.status, a.json.one_way, a.json.lang], [201, false, ""]);
	assert.equal((await call("POST", "/synonyms", { words: ["監視カメラ", "防犯カメラ"] })).json.id, a.json.id);
	const b = await call("PATCH", `/synonyms/${a.json.id}`, { one_way: true, lang: "ja" });
	assert.deepEqual([b.json.one_way, b.json.words.length], [true, 2]);
	assert.equal((await call("POST", "/synonyms", { words: ["a"] })).status, 422);
	assert.equal((await call("GET", "/synonyms")).json.items.length, 1);
	assert.deepEqual((await call("GET", `/synonyms/${a.json.id}`)).json, b.json);
	assert.equal((await call("DELETE", `/synonyms/${a.json.id}`)).status, 204);
	assert.equal((await call("DELETE", `/synonyms/${a.json.id}`)).status, 404);
	const pin = await call("PUT", "/pins", { query: "VPN とは", articles: [1, 2] });
	assert.deepEqual(pin.json.articles, [1, 2]);
	assert.equal((await call("PUT", "/pins", { query: "vpn とは?", articles: [2] })).status, 200);
	assert.deepEqual((await call("GET", "/pins")).json.items.map((p) => p.articles), [[2]]);
	assert.equal((await call("PUT", "/pins", { query: "x", articles: [999999] })).json.errors[0].pointer, "/articles");
	assert.equal((await call("DELETE", `/pins/${(await call("GET", "/pins")).json.items[0].id}`)).status, 204);
	await fetch(server.url + "/questions", { method: "POST", body: new URLSearchParams({ text: "どこで相談できますか", question: "どこで相談できますか", q: "どこで相談できますか" }) });
	const { items } = (await call("GET", "/questions")).json;
	assert.equal(items.length, 1);
	assert.equal((await call("DELETE", `/questions/${items[0].id}`)).status, 204);
	assert.deepEqual((await call("GET", "/unanswered")).json.items, []);
});

test("settings: all or none", async () => {
	const before = await call("GET", "/settings");
	assert.equal(before.json.settings.accent, "#0b5a6f");
	const r = await call("PATCH", "/settings", { settings: { accent: "#123456", page_size: "many" } });
	assert.equal(r.status, 422);
	assert.equal(r.json.errors[0].pointer, "/settings/page_size");
	assert.equal((await call("GET", "/settings")).etag, before.etag);
	const set = await call("PATCH", "/settings", { settings: { accent: "#123456", "name.ja": "支援の窓口" } }, { "if-match": before.etag });
	assert.equal(set.json.settings["name.ja"], "支援の窓口");
	const late = await call("PATCH", "/settings", { settings: { accent: "#654321" } }, { "if-match": before.etag });
	assert.equal(late.status, 412);
	assert.equal(late.json.current.settings.accent, "#123456");
	assert.equal((await call("GET", "/settings", undefined, { "if-none-match": set.etag })).status, 304);
	assert.equal((await call("PATCH", "/settings", { settings: { nonsense: "x" } })).status, 422);
});

test("people: added, invited, removed; the link works", async () => {
	const r = await call("POST", "/people", { login: "yuki", name: "雪", role: "author" });
	assert.equal(r.status, 201, r.text);
	assert.equal(r.headers.get("location"), D + "/people/yuki");
	assert.equal(r.json.person.invited, true);
	assert.equal((await fetch(new URL(r.json.link, server.url))).status, 200);
	const again = await call("POST", "/people/yuki/invite");
	assert.notEqual(again.json.link, r.json.link);
	assert.equal((await fetch(new URL(r.json.link, server.url))).status, 404);
	assert.equal((await call("POST", "/people", { login: "yuki", role: "author" })).status, 409);
	assert.equal((await call("POST", "/people", { login: "Yuki!", role: "author" })).json.errors[0].pointer, "/login");
	assert.equal((await call("GET", "/people/yuki")).json.login, "yuki");
	assert.deepEqual([(await call("PATCH", "/people/yuki", { role: "editor", name: "雪子" })).json].map((p) => [p.role, p.name]), [["editor", "雪子"]]);
	assert.equal((await call("PATCH", "/people/hana", { role: "author" })).status, 409);
	assert.equal((await call("GET", "/people")).json.items.length, 2);
	assert.equal((await call("DELETE", "/people/yuki")).status, 204);
	assert.equal((await call("DELETE", "/people/yuki")).status, 404);
	assert.equal((await call("DELETE", "/people/hana")).status, 409);
});

test("webhooks: added, changed, tested, a new secret, deleted; a private address is refused when it is asked", async () => {
	const r = await call("POST", "/webhooks", { url: "http://127.0.0.1:9/hook", events: ["article.published"] });
	assert.equal(r.status, 201, r.text);
	assert.match(r.json.secret, /^whsec_[A-Za-z0-9+/]{32}$/);
	assert.deepEqual([r.json.webhook.active, r.json.webhook.events], [true, ["article.published"]]);
	const path = `/webhooks/${r.json.webhook.id}`;
	assert.equal(r.headers.get("location"), D + path);
	assert.deepEqual((await call("GET", path)).json, r.json.webhook);
	assert.doesNotMatch((await call("GET", "/webhooks")).text, /whsec/);
	assert.notEqual((await call("POST", path + "/secret")).json.secret, r.json.secret);
	const off = await call("PATCH", path, { active: false, events: ["question.asked", "article.changed"] });
	assert.deepEqual([off.json.active, off.json.events], [false, ["article.changed", "question.asked"]]);
	assert.equal((await call("PATCH", path, { active: true })).json.active, true);
	for (const [fields, pointer] of [[{ url: "ftp://example.org/" }, "/url"], [{ url: "https://a:b@example.org/" }, "/url"], [{ events: [] }, "/events"], [{ events: ["test"] }, "/events/0"]])
		assert.equal((await call("PATCH", path, fields)).json.errors[0].pointer, pointer);
	assert.equal((await call("POST", path + "/test")).status, 200);
	let d;
	for (const until = Date.now() + 5000; !d?.tries; ) {
		assert.ok(Date.now() < until);
		[d] = (await call("GET", path + "/deliveries")).json.items;
		await new Promise((done) => setTimeout(done, 100));
	}
	assert.deepEqual([d.event, d.state, d.status, JSON.parse(d.payload).type], ["test", "failed", 0, "test"]);
	assert.match(d.problem, /private/);
	assert.equal((await call("POST", `${path}/deliveries/${d.id}/again`)).status, 200);
	assert.equal((await call("GET", path + "/deliveries?cursor=x")).status, 400);
	assert.equal((await call("DELETE", path)).status, 204);
	assert.equal((await call("GET", path + "/deliveries")).status, 404);
});

test("what is sent twice under one key is done once", async () => {
	const body = { title: "一度だけ" }, headers = { "idempotency-key": "first" };
	const a = await api.call(owner, "POST", D + "/articles", body, headers), b = await api.call(owner, "POST", D + "/articles", body, headers);
	assert.deepEqual([a.status, b.status, b.json.id, b.etag, b.headers.get("location"), b.headers.get("idempotency-replayed")],
		[201, 201, a.json.id, a.etag, a.headers.get("location"), "true"]);
	assert.equal((await api.call(owner, "POST", D + "/articles", { title: "別" }, headers)).status, 422);
	assert.equal((await api.call(pool[0], "POST", D + "/articles", { title: "別" }, headers)).status, 201);
	assert.equal((await api.call(owner, "POST", D + "/articles", body, { "idempotency-key": "k".repeat(256) })).status, 400);
	/* What was refused may be tried again. */
	assert.equal((await api.call(owner, "POST", D + "/articles", {}, { "idempotency-key": "second" })).status, 422);
	assert.equal((await api.call(owner, "POST", D + "/articles", body, { "idempotency-key": "second" })).status, 201);
	const many = await Promise.all(Array.from({ length: 10 }, () => api.call(owner, "POST", D + "/articles", { title: "同時" }, { "idempotency-key": "third" })));
	assert.equal(new Set(many.filter((r) => r.status === 201).map((r) => r.json.id)).size, 1);
	assert.ok(many.every((r) => [201, 409].includes(r.status)));
	/* A secret is not kept: the second answer says only that it was done. */
	const person = { login: "once", role: "author" };
	assert.equal((await api.call(owner, "POST", D + "/people", person, { "idempotency-key": "person" })).status, 201);
	const lost = await api.call(owner, "POST", D + "/people", person, { "idempotency-key": "person" });
	assert.equal(lost.status, 409);
	assert.match(lost.json.detail, /done already/);
});

test("what readers may ask without a token", async () => {
	for (const path of ["/articles", "/articles?lang=en&per_page=2&page=2", "/articles/1", "/categories", "/search?q=VPN"]) {
		const r = await api.call("", "GET", "/api/v1" + path);
		assert.equal(r.status, 200, path);
	}
	for (const [path, status] of [["/articles/999999", 404], ["/articles/x", 400], ["/articles?page=0", 400], ["/articles?category=none", 404], ["/search?per_page=x", 400], ["/search?category=none", 404]])
		assert.equal((await api.call("", "GET", "/api/v1" + path)).status, status, path);
	const draft = await article({ title: "まだ" });
	assert.equal((await api.call("", "GET", `/api/v1/articles/${draft.json.id}`)).status, 404);
	assert.equal((await api.call(owner, "GET", `/api/v1/articles/${draft.json.id}`)).status, 404);
});

/* ---- each way to refuse ---- */

const example = (path) => path.replaceAll("{login}", "nobody").replaceAll("{hash}", "0").replace(/\{\w+\}/g, "999999");

test("every action refuses no token, what it does not know, and what is no JSON, and says which field", async () => {
	for (const { method, path, op } of api.operations()) {
		if (!op.security.length) continue;
		const at = example(path), json = op.requestBody?.content["application/json"], match = op.responses[412] ? { "if-match": "*" } : {};
		assert.equal((await api.call("", method, at)).status, 401, op.operationId);
		const query = await call(method, at + "?nothing=1", undefined, match);
		assert.equal(query.status, 400, op.operationId);
		assert.equal(query.json.errors[0].pointer, "/nothing");
		if (path.includes("{")) assert.equal((await call(method, at, json ? {} : undefined, match)).status === 404 || json !== undefined, true, op.operationId);
		if (!json && method === "POST") assert.equal((await call(method, at, "x", { "content-type": "text/plain", ...match })).status, op.responses[422] ? 415 : 404, op.operationId);
		if (!json) continue;
		const send = (body, headers = {}) => call(method, at, body, { "content-type": "application/json", ...match, ...headers });
		assert.equal((await send("{")).status, 400, op.operationId);
		assert.equal((await send('{"a":1,"a":2}')).status, 400, op.operationId);
		assert.equal((await send("[]")).status, 422, op.operationId);
		assert.equal((await send('"' + "\\ud800" + '"')).status, 400, op.operationId);
		assert.equal((await send("{}", { "content-type": "text/plain" })).status, 415, op.operationId);
		assert.equal((await send("[".repeat(9) + "]".repeat(9))).status, 413, op.operationId);
		assert.equal((await send(`{"a":[${"1,".repeat(6000)}1]}`)).status, 413, op.operationId);
		const unknown = await send({ nothing: 1 });
		assert.equal(unknown.status, 422, op.operationId);
		assert.ok(unknown.json.errors.some((e) => e.pointer === "/nothing"), unknown.text);
	}
});

/* Something that the schema does not allow, for each of its fields. */
function wrong(schema) {
	const one = schema.anyOf?.[0] ?? schema;
	const out = [{}, [{ a: 1 }], ...(schema.anyOf ? [] : [null])];
	if (one.type !== "string") out.push("text");
	if (one.type === "string") out.push(1, true);
	if (one.enum) out.push("none of these");
	if (one.pattern) out.push("a\nb");
	if (one.format) out.push("2026-05-01", "yesterday", "2026-13-01T00:00:00Z");
	if (one.maxLength && one.maxLength < 5000) out.push("あ".repeat(one.maxLength));
	if (one.maximum) out.push(one.maximum + 1, -1, 1.5);
	if (one.maxItems) out.push(Array(one.maxItems + 1).fill(one.items.type === "integer" ? 1 : "a"));
	return one.type === "object" || one.$ref ? ["text", 1, [], ...(schema.anyOf ? [] : [null])] : out;
}

test("every field of every body is checked, and the place of the fault told", async () => {
	let tried = 0;
	for (const { method, path, op } of api.operations()) {
		const ref = op.requestBody?.content["application/json"]?.schema.$ref;
		if (!ref) continue;
		const schema = api.document.components.schemas[ref.split("/").at(-1)];
		for (const [name, field] of Object.entries(schema.properties)) {
			for (const value of wrong(field)) {
				const r = await call(method, example(path), { [name]: value }, op.responses[412] ? { "if-match": "*" } : {});
				const what = `${op.operationId} ${name} ${JSON.stringify(value).slice(0, 40)}`;
				assert.equal(r.status, 422, `${what}: ${r.text}`);
				assert.ok(r.json.errors.some((e) => e.pointer === "/" + name || e.pointer.startsWith(`/${name}/`)), `${what}: ${r.text}`);
				tried++;
			}
		}
	}
	assert.ok(tried > 200, String(tried));
});

test("what an article may not say is told by field", async () => {
	for (const [fields, pointer] of [[{ title: " " }, "/title"], [{ lang: "xx" }, "/lang"], [{ original: { url: "javascript:alert(1)" } }, "/original/url"], [{ original: { nothing: "" } }, "/original/nothing"],
		[{ categories: [999999] }, "/categories/0"], [{ categories: [1, 1] }, "/categories/1"], [{ tags: ["a", 1] }, "/tags/1"], [{ status: "scheduled" }, "/published"],
		[{ status: "scheduled", published: "2020-01-01T00:00:00Z" }, "/published"], [{ "a/b~c": 1 }, "/a~1b~0c"]]) {
		const r = await call("POST", "/articles", { title: "題", ...fields });
		assert.equal(r.status, 422, JSON.stringify(fields));
		assert.equal(r.json.errors[0].pointer, pointer);
	}
	const { id } = (await article({})).json;
	assert.equal((await call("PATCH", `/articles/${id}`, { title: "x" })).status, 428);
	assert.equal((await call("POST", `/articles/${id}/publish`, { at: "2020-01-01T00:00:00Z" })).json.errors[0].pointer, "/at");
	assert.equal((await call("GET", "/articles/x")).status, 404);
	assert.equal((await call("GET", "/articles?limit=101")).status, 400);
	assert.equal((await call("GET", "/articles?limit=1&limit=2")).status, 400);
});

test("too much is refused before it is read", async () => {
	const many = await call("POST", "/synonyms", JSON.stringify({ words: ["x".repeat(70000)] }), { "content-type": "application/json" });
	assert.equal(many.status, 413);
	const body = await call("POST", "/articles", { title: "大", body: "x".repeat(4 * 1024 * 1024 + 1) });
	assert.deepEqual([body.status, body.json.errors[0].pointer], [422, "/body"]);
	const wrongMethod = await fetch(server.url + D + "/articles", { method: "PUT", body: "{}", headers: { authorization: `Bearer ${owner}` } });
	assert.equal(wrongMethod.status, 405);
	assert.match(wrongMethod.headers.get("allow"), /GET, HEAD, POST/);
	assert.equal(wrongMethod.headers.get("content-type"), "application/problem+json");
});

test("the validator itself finds what is wrong", () => {
	const document = { components: { schemas: { A: { type: "object", properties: { n: { type: "integer" } }, required: ["n"], additionalProperties: false } } } };
	const a = { $ref: "#/components/schemas/A" };
	assert.deepEqual(check(document, a, { n: 1 }), []);
	for (const bad of [{}, { n: "1" }, { n: 1, m: 2 }, [], null]) assert.notDeepEqual(check(document, a, bad), []);
	assert.notDeepEqual(check(document, { type: "string", format: "date-time" }, "2026"), []);
	assert.notDeepEqual(check(document, { anything: 1 }, 1), []);
});

test("no action is without a checked answer of success, and of each refusal that it may give to everybody", () => {
	assert.deepEqual(api.unseen((id) => !IN_API_DESK.has(id)), []);
});
