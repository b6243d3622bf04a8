/* What editors teach the search, and what readers send them, on a running site. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { start, site } from "../lib/kairan.mjs";

let s, server;
before(async () => {
	s = site();
	s.run("import", "markdown", "sample/articles");
	server = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
});
after(async () => {
	await server?.stop();
	s?.remove();
});

const get = (path) => fetch(server.url + path, { redirect: "manual" });
const post = (path, fields, headers) => fetch(server.url + path, { method: "POST", body: new URLSearchParams(fields), headers, redirect: "manual" });
const questions = () => JSON.parse(s.run("question", "list", "--json"));
const says = (f) => { try { return [0, f()]; } catch (e) { return [e.status, String(e.stderr)]; } };

test("synonyms: added, listed, imported whole or not at all, removed", () => {
	const id = s.run("synonym", "add", "VPN", "仮想プライベートネットワーク").trim();
	assert.equal(s.run("synonym", "add", "VPN", "仮想プライベートネットワーク").trim(), id);
	s.run("synonym", "add", "--one-way", "--lang", "ja", "スマホ", "携帯電話");
	assert.deepEqual(JSON.parse(s.run("synonym", "list", "--json")).map(({ lang, one_way, words }) => ({ lang, one_way, words })), [
		{ lang: "", one_way: false, words: ["VPN", "仮想プライベートネットワーク"] }, { lang: "ja", one_way: true, words: ["スマホ", "携帯電話"] }]);
	const file = join(s.dir, "synonyms.txt");
	writeFileSync(file, "# ours\n暗号化、encryption\n\nalone\n");
	const [status, why] = says(() => s.run("synonym", "import", file));
	assert.equal(status, 1);
	assert.match(why, /line 4/);
	assert.equal(JSON.parse(s.run("synonym", "list", "--json")).length, 2);
	writeFileSync(file, "# ours\n暗号化、encryption\nPC => パソコン\n");
	assert.deepEqual(JSON.parse(s.run("synonym", "import", "--json", file)), { new: 2, there: 0 });
	assert.deepEqual(JSON.parse(s.run("synonym", "import", "--json", file)), { new: 0, there: 2 });
	s.run("synonym", "remove", id);
	assert.equal(says(() => s.run("synonym", "remove", id))[0], 1);
	assert.equal(says(() => s.run("synonym", "teach"))[0], 2);
});

test("pinned answers: by the number of an article that is there", () => {
	const article = JSON.parse(s.run("article", "list", "--json")).find((a) => a.slug === "vpn" && a.lang === "ja");
	s.run("pin", "add", "匿名になるには？", String(article.id));
	assert.deepEqual(JSON.parse(s.run("pin", "list", "--json")).map((p) => [p.query, p.articles]), [["匿名になるには？", [article.id]]]);
	assert.match(s.run("pin", "list"), /VPNで守れるもの/);
	assert.equal(says(() => s.run("pin", "add", "x", "999999"))[0], 1);
	assert.equal(says(() => s.run("pin", "add", "x", "vpn"))[0], 2);
});

test("a question is taken without script, and nothing of its sender is kept", async () => {
	const r = await post("/questions", { question: "ドローンの規制について知りたい", website: "" }, { "sec-fetch-site": "same-origin" });
	assert.equal(r.status, 303);
	assert.equal(r.headers.get("location"), "/questions/thanks");
	assert.equal(r.headers.get("set-cookie"), null);
	assert.match(await (await get("/questions/thanks")).text(), /質問は編集者に届きました/);
	const [kept] = questions();
	assert.deepEqual(Object.keys(kept).sort(), ["day", "id", "lang", "text", "times"]);
	assert.equal(kept.text, "ドローンの規制について知りたい");
	assert.equal(kept.lang, "ja");
	assert.equal((await post("/en/questions", { question: "And in English?" })).headers.get("location"), "/en/questions/thanks");
	assert.equal(questions().find((q) => q.lang === "en").text, "And in English?");
	s.run("question", "remove", String(kept.id));
	assert.equal(questions().length, 1);
});

/* So that a browser without Sec-Fetch-Site says where the form stood; every other page stays at no-referrer. */
test("a page with the form tells this site alone where it stood", async () => {
	for (const [path, form] of [["/questions", true], ["/search?q=zzzz", true], ["/search?q=VPN", false], ["/questions/thanks", false], ["/", false]]) {
		const html = await (await get(path)).text();
		assert.equal(/<meta name="referrer" content="same-origin">/.test(html), form, path);
		assert.equal(/<form class="question"/.test(html), form, path);
	}
	const own = new URL(server.url).origin;
	assert.equal((await post("/questions", { question: "自分のサイトから" }, { origin: own })).status, 303);
	s.run("question", "remove", String(questions().find((q) => q.text === "自分のサイトから").id));
});

test("a machine, another site, an empty and an overlong question leave nothing", async () => {
	const before = questions().length;
	assert.equal((await post("/questions", { question: "buy", website: "https://spam.example" })).status, 303);
	assert.equal((await post("/questions", { question: "x" }, { "sec-fetch-site": "cross-site" })).status, 403);
	for (const origin of ["null", "https://evil.example"])
		assert.equal((await post("/questions", { question: "x" }, { origin })).status, 403);
	const empty = await post("/questions", { question: " \u3000" });
	assert.equal(empty.status, 422);
	assert.match(await empty.text(), /role="alert">質問を書いてから/);
	const long = await post("/questions", { question: "<b>" + "長".repeat(1000) });
	assert.equal(long.status, 413);
	assert.match(await long.text(), /<textarea[^>]*>&lt;b&gt;長/);
	assert.equal((await post("/xx/questions", { question: "x" })).status, 404);
	assert.equal(questions().length, before);
});

test("too many at once are asked to wait, whoever sends them", async () => {
	const statuses = [];
	for (let i = 0; i < 25; i++) statuses.push((await post("/questions", { question: `q${i}` })).status);
	assert.ok(statuses.filter((x) => x === 303).length <= 20);
	assert.equal(statuses.at(-1), 429);
});

test("a search in vain is not written down at once", async () => {
	assert.match(await (await get("/search?q=" + encodeURIComponent("ぬ゛ゎ"))).text(), /見つかりませんでした/);
	assert.deepEqual(JSON.parse(s.run("unanswered", "--json")), []);
});
