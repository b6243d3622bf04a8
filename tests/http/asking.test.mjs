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

test("a search in vain is not written down at once", async () => {
	assert.match(await (await get("/search?q=" + encodeURIComponent("ぬ゛ゎ"))).text(), /見つかりませんでした/);
	assert.deepEqual(JSON.parse(s.run("unanswered", "--json")), []);
});
