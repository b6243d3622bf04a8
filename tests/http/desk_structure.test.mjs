/* Categories, tags and redirects at the desk: what each action does, what it refuses, what readers then meet, and which cached
 * pages go. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { start, site } from "../lib/kairan.mjs";
import { Client, enrol, file, number } from "../lib/desk.mjs";

let s, server, editor, other, reader, metrics;
const people = {};
before(async () => {
	s = site();
	s.run("import", "markdown", "sample/articles");
	const port = 20000 + Math.floor(Math.random() * 20000);
	metrics = `http://127.0.0.1:${port}/metrics`;
	writeFileSync(join(s.dir, "kairan.conf"), `metrics 127.0.0.1:${port}\n`);
	server = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
	for (const role of ["owner", "editor", "translator", "author", "reviewer"]) people[role] = await enrol(s, server.url, role, role);
	editor = people.editor;
	other = people.owner;
	reader = new Client(server.url);
});
after(async () => {
	await server?.stop();
	s?.remove();
});

const tree = () => JSON.parse(s.run("category", "list", "--json"));
const find = (slug) => tree().find((c) => c.slug === slug);
const order = (parent = null) => tree().filter((c) => c.parent === parent).map((c) => c.slug);
const page = () => editor.go("/desk/categories");
async function idOf(name) {
	const text = (await page()).text;
	return text.match(new RegExp(`href="/desk/categories/(\\d+)">${name}<`))[1];
}
const add = async (name, parent = "0") => {
	const r = await editor.send("/desk/categories", { do: "add", name, parent });
	assert.equal(r.status, 303, r.problem);
	return r.location.match(/#c(\d+)/)[1];
};
const move = async (how, client = editor) => client.send("/desk/categories", { base: await client.hidden("/desk/categories", "base"), move: how });
/* The follower carries a change to the cache within moments. */
async function soon(check) {
	for (const until = Date.now() + 3000; ;) {
		try { return await check(); } catch (error) { if (Date.now() > until) throw error; }
		await new Promise((r) => setTimeout(r, 20));
	}
}

test("the rights: owners and editors alone, and no form without its token", async () => {
	const paths = ["/desk/categories", "/desk/categories/1", "/desk/categories/1/articles", "/desk/categories/none/articles", "/desk/tags", "/desk/redirects", "/desk/redirects/redirect",
		"/desk/synonyms", "/desk/pins", "/desk/pins/pin", "/desk/questions", "/desk/searches"];
	for (const path of paths) {
		for (const [role, client] of Object.entries(people))
			assert.equal((await client.go(path)).status, ["owner", "editor"].includes(role) ? 200 : 403, `${role} ${path}`);
		assert.equal((await reader.go(path)).location, "/desk/sign-in", path);
	}
	const posts = ["/desk/categories", "/desk/categories/1", "/desk/categories/1/articles", "/desk/tags/tag", "/desk/redirects/redirect", "/desk/synonyms", "/desk/synonyms/1", "/desk/pins/pin", "/desk/questions", "/desk/searches"];
	const csrf = await people.author.hidden("/desk/account", "csrf");
	for (const path of posts) {
		assert.equal((await editor.send(path, { csrf: "0".repeat(64) })).status, 403, path);
		assert.equal((await people.author.send(path, { csrf })).status, 403, path);
	}
	assert.equal((await people.author.upload("/desk/redirects/import", { file: file("a.csv", "/a,/") })).status, 403);
});

test("categories are added, moved by each button, and a past tree is refused", async () => {
	const a = await add("甲"), b = await add("乙"), c = await add("丙");
	assert.deepEqual(order().slice(-3), ["甲", "乙", "丙"]);
	const r = await move(`up ${c}`);
	assert.equal(r.status, 303);
	assert.match((await editor.go(r.location.replace(/#.*/, ""))).text, new RegExp(`value="up ${c}" class="plain" autofocus`));
	assert.deepEqual(order().slice(-3), ["甲", "丙", "乙"]);
	await move(`down ${a}`);
	assert.deepEqual(order().slice(-3), ["丙", "甲", "乙"]);
	await move(`in ${a}`);
	assert.deepEqual(order("丙"), ["甲"]);
	await move(`in ${b}`);
	assert.deepEqual(order("丙"), ["甲", "乙"]);
	await move(`out ${a}`);
	assert.deepEqual(order().slice(-2), ["丙", "甲"]);
	/* Somebody else was quicker. */
	const base = await editor.hidden("/desk/categories", "base");
	assert.equal((await move(`up ${a}`, other)).status, 303);
	const late = await editor.send("/desk/categories", { base, move: `in ${a}` });
	assert.equal(late.status, 409);
	assert.match(late.problem, /Somebody else|他の人/);
	assert.deepEqual(order().slice(-2), ["甲", "丙"]);
	/* As the script sends it; circles, strangers and nonsense. */
	const place = async (fields) => editor.send("/desk/categories", { base: await editor.hidden("/desk/categories", "base"), ...fields });
	assert.equal((await place({ id: b, parent: "0", before: a })).status, 303);
	assert.deepEqual(order().slice(-3), ["乙", "甲", "丙"]);
	assert.equal((await place({ id: a, parent: a, before: "0" })).status, 422);
	assert.equal((await place({ id: "99999", parent: "0", before: "0" })).status, 422);
	assert.equal((await place({ id: b, parent: c, before: a })).status, 409);
	for (const bad of [{ move: "up 99999" }, { move: "sideways 1" }, { move: "up" }, { id: "x", parent: "0", before: "0" }, {}])
		assert.equal((await place(bad)).status, 400, JSON.stringify(bad));
	assert.equal((await editor.send("/desk/categories", { do: "add", name: "  ", parent: "0" })).status, 422);
	assert.equal((await editor.send("/desk/categories", { do: "add", name: "x".repeat(300), parent: "0" })).status, 413);
	let deep = "0";
	for (let i = 0; i < 16; i++) deep = await add(`深さ${i}`, deep);
	assert.equal((await editor.send("/desk/categories", { do: "add", name: "深すぎ", parent: deep })).status, 413);
	assert.match((await other.go("/desk/log")).text, /category\.move<\/code> 乙/);
});

const fieldsOf = (text) => ({
	base: text.match(/name="base" value="([^"]*)"/)[1],
	name_ja: text.match(/name="name_ja"[^>]* value="([^"]*)"/)[1], name_en: text.match(/name="name_en"[^>]* value="([^"]*)"/)[1],
	description_ja: "", description_en: "", slug: text.match(/name="slug" value="([^"]*)"/)[1],
	parent: text.match(/<select id="parent"[\s\S]*?<\/select>/)[0].match(/value="(\d+)" selected/)?.[1] ?? "0",
});

test("a category is renamed in each language, described, and leads on from its old address in every language", async () => {
	const first = find("security") ?? tree()[0], name = first.name;
	const path = `/desk/categories/${await idOf(name)}`;
	const form = fieldsOf((await editor.go(path)).text);
	assert.equal((await reader.go(`/categories/${encodeURIComponent(form.slug)}`)).status, 200);
	const changed = { ...form, name_ja: "新しい名 <b>", name_en: "New name", description_ja: "説明の文", slug: "shin" };
	const r = await editor.send(path, { do: "save", ...changed });
	assert.equal(r.status, 303, r.problem);
	for (const [from, to] of [["", ""], ["/en", "/en"]]) {
		await soon(async () => {
			const old = await reader.go(`${from}/categories/${encodeURIComponent(form.slug)}`);
			assert.deepEqual([old.status, old.location], [301, `${to}/categories/shin`]);
		});
		const feed = await reader.go(`${from}/categories/${encodeURIComponent(form.slug)}/feed.atom`);
		assert.deepEqual([feed.status, feed.location], [301, `${to}/categories/shin/feed.atom`]);
	}
	const shown = await reader.go("/categories/shin");
	assert.match(shown.text, /<h1>新しい名 &lt;b&gt;<\/h1>[\s\S]*説明の文/);
	assert.match((await reader.go("/en/categories/shin")).text, /<h1>New name<\/h1>/);
	/* The form that was open is past: nothing is lost, nothing overwritten. */
	const late = await other.send(path, { do: "save", ...form, name_ja: "管理者の名" });
	assert.equal(late.status, 409);
	assert.match(late.text, /value="管理者の名"/);
	assert.match(late.text, /説明の文/);
	assert.match((await reader.go("/categories/shin")).text, /新しい名/);
	assert.equal((await other.send(path, { do: "save", ...changed, base: late.text.match(/name="base" value="([^"]*)"/)[1], name_ja: name })).status, 303);
	const now = fieldsOf((await editor.go(path)).text);
	for (const [fields, status] of [[{ name_ja: "", name_en: "" }, 422], [{ name_en: "", description_en: "x" }, 422], [{ name_ja: "x".repeat(201) }, 413],
		[{ description_ja: "x".repeat(3000) }, 413], [{ slug: "甲" }, 409], [{ parent: path.split("/").pop() }, 422], [{ parent: "99999" }, 404]])
		assert.equal((await editor.send(path, { do: "save", ...now, ...fields })).status, status, JSON.stringify(fields).slice(0, 60));
	assert.equal((await editor.go("/desk/categories/99999")).status, 404);
});

const article = async (fields) => number(await editor.article({ status: "published", ...fields }));

test("articles are moved in bulk, split off into a new category, merged, and survive a deletion", async () => {
	const from = await add("分割元"), to = await add("移動先");
	const ids = [];
	for (let i = 0; i < 5; i++) ids.push(await article({ title: `分割する記事${i}`, category: from }));
	assert.deepEqual([find("分割元").articles, find("移動先").articles], [5, 0]);
	const list = `/desk/categories/${from}/articles`;
	assert.match((await editor.go(list)).text, /分割する記事4[\s\S]*分割する記事0/);
	assert.match((await editor.go(list + "?q=" + encodeURIComponent("記事3"))).text, /role="status">1/);
	let r = await editor.send(list, { article: ids.slice(0, 2), into: to });
	assert.equal(r.location, `${list}?moved=2`);
	assert.match((await editor.go(r.location)).text, /role="status">2/);
	assert.deepEqual([find("分割元").articles, find("移動先").articles], [3, 2]);
	r = await editor.send(list, { article: ids[2], into: "new", new_name: "分割先", new_parent: from });
	assert.equal(r.status, 303, r.problem);
	assert.deepEqual([find("分割元").articles, find("分割先").articles, find("分割先").parent], [3, 1, "分割元"]);
	for (const [fields, status] of [[{ into: to }, 422], [{ article: ids[3] }, 422], [{ article: ids[3], into: from }, 422], [{ article: ids[3], into: "99999" }, 422],
		[{ article: ids[3], into: "new", new_name: "" }, 422], [{ article: ids[3], into: "new", new_name: "x".repeat(300) }, 413]])
		assert.equal((await editor.send(list, fields)).status, status, JSON.stringify(fields).slice(0, 60));
	/* All that the filter finds. */
	r = await editor.send(list, { q: "記事4", all: "1", into: "none" });
	assert.equal(r.location, `${list}?moved=1`);
	assert.match((await editor.go("/desk/categories/none/articles?q=" + encodeURIComponent("分割する"))).text, /分割する記事4/);
	r = await editor.send("/desk/categories/none/articles", { article: ids[4], into: to });
	assert.equal(find("移動先").articles, 3);

	const old = await reader.go("/categories/" + encodeURIComponent("分割元"));
	assert.equal(old.status, 200);
	const path = `/desk/categories/${from}`;
	const shape = () => editor.hidden(path, "shape");
	assert.equal((await editor.send(path, { do: "merge", shape: await shape(), into: await idOf("分割先") })).status, 422);
	assert.equal((await editor.send(path, { do: "merge", shape: await shape(), into: "" })).status, 422);
	const past = await shape();
	await add("間に");
	assert.equal((await editor.send(path, { do: "merge", shape: past, into: to })).status, 409);
	r = await editor.send(path, { do: "merge", shape: await shape(), into: to });
	assert.equal(r.status, 303, r.problem);
	assert.equal(find("分割元"), undefined);
	assert.deepEqual([find("移動先").articles, find("分割先").parent], [5, "移動先"]);
	const led = await soon(async () => {
		const answer = await reader.go("/categories/" + encodeURIComponent("分割元"));
		assert.equal(answer.status, 301);
		return answer;
	});
	assert.equal(led.location, "/categories/" + encodeURIComponent("移動先"));

	const target = `/desk/categories/${to}`;
	r = await editor.send(target, { do: "delete", shape: await editor.hidden(target, "shape"), into: await idOf("分割先") });
	assert.equal(r.status, 303, r.problem);
	assert.deepEqual([find("分割先").articles, find("分割先").parent], [5, null]);
	assert.equal((await reader.go("/categories/" + encodeURIComponent("分割元"))).location, "/categories/" + encodeURIComponent("分割先"));
	assert.match((await other.go("/desk/log")).text, /category\.delete<\/code> 移動先 → 分割先 \(4\)/);
	/* What was renamed and merged is not brought back by another import. */
	const known = () => tree().map((c) => [c.slug, c.articles]).sort();
	const before = known();
	s.run("import", "markdown", "sample/articles");
	assert.deepEqual(known(), before);
	s.run("check");
});

test("tags are renamed, merged and taken off, and their pages lead on in every language", async () => {
	const id = await article({ title: "札の記事", tags: "ふだ甲, ふだ乙" });
	await article({ title: "札の記事二", tags: "ふだ乙" });
	assert.match((await editor.go("/desk/tags?q=" + encodeURIComponent("ふだ"))).text, /role="status">.*2/);
	assert.ok((await editor.go("/desk/tags?order=use")).text.includes("ふだ乙"));
	const enc = encodeURIComponent, at = (name) => `/desk/tags/tag?name=${enc(name)}`;
	assert.equal((await reader.go(`/tags/${enc("ふだ甲")}`)).status, 200);
	for (const [to, status] of [["", 422], ["a,b", 422], ["x".repeat(300), 422], ["ふだ甲", 422], ["ふだ乙", 409]])
		assert.equal((await editor.send("/desk/tags/tag", { do: "rename", name: "ふだ甲", to }, at("ふだ甲"))).status, status, to);
	assert.equal((await editor.send("/desk/tags/tag", { do: "rename", name: "ふだ甲", to: "札/丙" }, at("ふだ甲"))).status, 303);
	await soon(async () => assert.equal((await reader.go(`/tags/${enc("ふだ甲")}`)).location, `/tags/${enc("札/丙")}`));
	assert.equal((await reader.go(`/en/tags/${enc("ふだ甲")}`)).location, `/en/tags/${enc("札/丙")}`);
	await soon(async () => assert.match((await reader.go(`/articles/${enc("札の記事")}`)).text, /札\/丙/));
	assert.equal((await editor.send("/desk/tags/tag", { do: "merge", name: "札/丙", to: "ふだ乙" }, at("札/丙"))).status, 303);
	await soon(async () => assert.equal((await reader.go(`/tags/${enc("ふだ甲")}`)).location, `/tags/${enc("ふだ乙")}`));
	assert.match((await soon(() => reader.go(`/tags/${enc("ふだ乙")}`))).text, /札の記事二/);
	assert.equal((await editor.send("/desk/tags/tag", { do: "delete", name: "ふだ乙" }, at("ふだ乙"))).status, 303);
	await soon(async () => assert.equal((await reader.go(`/tags/${enc("ふだ甲")}`)).location, `/search?q=${enc("ふだ乙")}`));
	assert.equal((await editor.go(at("ふだ乙"))).status, 404);
	assert.equal((await editor.go(`/desk/articles/${id}`)).text.includes("ふだ"), false);
	assert.match((await other.go("/desk/log")).text, /tag\.merge<\/code> 札\/丙 → ふだ乙 \(1\)/);
});

test("redirects are made, tried, changed and deleted; chains, loops and other hosts are refused", async () => {
	const id = await article({ title: "転送先の記事" });
	const at = "/desk/redirects/redirect", save = (fields) => editor.send(at, { do: "save", old: "", base: "", ...fields });
	let r = await save({ from: "https://old.example.org/2019/05/vpn/", kind: "article", article: id });
	assert.equal(r.status, 303, r.problem);
	assert.equal((await reader.go("/2019/05/vpn/")).location, "/articles/" + encodeURIComponent("転送先の記事"));
	assert.equal((await save({ from: "/?p=4711", kind: "path", path: "/search?q=VPN" })).status, 303);
	assert.equal((await reader.go("/?p=4711")).location, "/search?q=VPN");
	r = await editor.go("/desk/redirects?test=" + encodeURIComponent("/2019/05/vpn"));
	assert.match(r.text, /class="hops">[\s\S]*転送先の記事[\s\S]*href="\/articles\//);
	assert.match((await editor.go("/desk/redirects?test=/nothing/there")).text, /検索|search/);
	assert.match((await editor.go("/desk/redirects?test=//evil.example")).text, /class="note" role="status"/);
	for (const [fields, status] of [
		[{ from: "/2019/05/vpn", kind: "path", path: "/" }, 409], /* there already */
		[{ from: "/", kind: "path", path: "/search" }, 422], [{ from: "old", kind: "path", path: "/" }, 422], [{ from: "//evil/x", kind: "path", path: "/" }, 422], [{ from: "/desk/x", kind: "path", path: "/" }, 422],
		[{ from: "/articles/vpn", kind: "path", path: "/" }, 409], /* a page */
		[{ from: "/n", kind: "path", path: "https://evil.example/" }, 422], [{ from: "/n", kind: "path", path: "//evil.example" }, 422], [{ from: "/n", kind: "path", path: "/\\evil.example" }, 422],
		[{ from: "/n", kind: "path", path: "javascript:alert(1)" }, 422], [{ from: "/n", kind: "path", path: "/no/page/here" }, 422],
		[{ from: "/n", kind: "path", path: "/2019/05/vpn" }, 422], [{ from: "/n", kind: "path", path: "/n" }, 422],
		[{ from: "/n", kind: "article", article: "0" }, 422], [{ from: "/n", kind: "article", article: "99999" }, 404], [{ from: "/n", kind: "category", category: "0" }, 422], [{ from: "/n", kind: "category", category: "99999" }, 404],
	]) {
		const got = await save(fields);
		assert.equal(got.status, status, `${JSON.stringify(fields)} ${got.problem}`);
		if (status !== 404) assert.ok(got.problem, JSON.stringify(fields));
	}
	r = await editor.send(at, { do: "find", from: "/n", kind: "article", find: "転送先" });
	assert.match(r.text, new RegExp(`name="article" value="${id}"`));
	/* Changed under its base, and under a past one. */
	const edit = at + "?from=/2019/05/vpn", base = await editor.hidden(edit, "base");
	assert.equal((await editor.send(at, { do: "save", old: "/2019/05/vpn", base, from: "/2019/05/vpn-2", kind: "path", path: "/" })).status, 303);
	assert.equal((await reader.go("/2019/05/vpn")).status, 404);
	assert.equal((await reader.go("/2019/05/vpn-2")).location, "/");
	assert.equal((await editor.send(at, { do: "save", old: "/2019/05/vpn-2", base, from: "/2019/05/vpn-2", kind: "article", article: id }, at)).status, 409);
	assert.equal((await editor.send(at, { do: "delete", old: "/2019/05/vpn-2" })).status, 303);
	assert.equal((await editor.send(at, { do: "delete", old: "/2019/05/vpn-2" })).status, 404);
	assert.equal((await reader.go("/2019/05/vpn-2")).status, 404);
	assert.match((await other.go("/desk/log")).text, /redirect\.delete<\/code> \/2019\/05\/vpn-2/);
});

test("a file of redirects is taken whole or not at all, whatever spreadsheet wrote it", async () => {
	const send = (text) => editor.upload("/desk/redirects/import", { file: file("a.csv", text) });
	let r = await send('\ufeffold,new\r\n/csv/1,/articles/vpn\r\n"/csv/a,b","/search?q=a%2Cb"\r\n\r\nhttps://old.example/csv/3;x/,/categories/' + encodeURIComponent("甲") + "\r\n");
	assert.equal(r.location, "/desk/redirects?added=3", r.problem + r.text.match(/<ul>\n<li>[\s\S]*?<\/ul>/)?.[0]);
	assert.equal((await reader.go("/csv/1")).location, "/articles/vpn");
	assert.equal((await reader.go("/csv/a,b")).location, "/search?q=a%2Cb");
	assert.equal((await reader.go("/csv/3;x")).location, "/categories/" + encodeURIComponent("甲"));
	assert.equal((await send("/csv/1;/articles/vpn\n/csv/4;/\n")).location, "/desk/redirects?added=1");
	r = await send("/csv/5,/\n/csv/6,https://evil.example/\ncsv,/\n/csv/7,/csv/1\n/csv/8,/csv/8\n/csv/9,\n\"/csv/10,/\n");
	assert.equal(r.status, 422);
	assert.equal(r.text.match(/<li>[^<]*(行目：|Line )/g).length, 6);
	assert.equal((await reader.go("/csv/5")).status, 404);
	assert.equal((await send("")).status, 422);
	assert.equal((await send(Buffer.from([0x2f, 0x83, 0x41, 0x2c, 0x2f]))).status, 422);
	const many = Array.from({ length: 3000 }, (_, i) => `/many/${String(i).padStart(5, "0")},/articles/vpn`).join("\n");
	assert.equal((await send(many)).location, "/desk/redirects?added=3000");
	const list = await editor.go("/desk/redirects?q=many&page=60");
	assert.match(list.text, /\/many\/02999/);
	assert.match(list.text, /rel="prev"/);
	assert.doesNotMatch(list.text, /rel="next"/);
});

test("a change drops the pages that show it, and no others", async () => {
	const made = async () => Number((await (await fetch(metrics)).text()).match(/^kairan_renders_total (\d+)/m)[1]);
	const enc = encodeURIComponent, cat = await add("外す頁"), lone = await add("離れた頁");
	await article({ title: "頁の話", category: cat, tags: "頁札" });
	await article({ title: "まったく別", category: lone, tags: "離れ札" });
	const far = ["/articles/vpn", `/categories/${enc("離れた頁")}`, `/tags/${enc("離れ札")}`, `/en/categories/${enc("離れた頁")}`];
	const near = [`/articles/${enc("頁の話")}`, `/tags/${enc("頁札")}`, `/categories/${enc("外す頁")}`];
	/* How many of these pages had to be made. */
	const fresh = async (paths) => {
		const before = await made();
		for (const path of paths) await reader.go(path);
		return await made() - before;
	};
	await new Promise((r) => setTimeout(r, 400));
	await fresh([...far, ...near, "/"]);
	assert.equal(await fresh([...far, ...near, "/"]), 0);
	const done = async (r, changed) => {
		assert.equal(r.status, 303, r.problem);
		await soon(async () => assert.match((await reader.go(near[0])).text, changed));
		await new Promise((r) => setTimeout(r, 100));
	};
	await done(await editor.send("/desk/tags/tag", { do: "rename", name: "頁札", to: "頁札二" }, `/desk/tags/tag?name=${enc("頁札")}`), /頁札二/);
	assert.equal(await fresh([...far, "/"]), 0, "a tag");
	const path = `/desk/categories/${cat}`;
	await done(await editor.send(path, { do: "save", ...fieldsOf((await editor.go(path)).text), name_ja: "外した頁" }), /外した頁/);
	assert.equal(await fresh(far), 0, "a category's name");
	assert.equal(await fresh(["/"]), 1, "the front page lists it");
	const below = await add("下の頁", cat);
	await fresh([...far, near[0], near[2]]);
	await done(await editor.send(`${path}/articles`, { article: (await editor.go(`${path}/articles`)).text.match(/name="article" value="(\d+)"/)[1], into: below }), /下の頁/);
	assert.equal(await fresh(far), 0, "an article's move");
	assert.match((await reader.go(near[2])).text, /下の頁/);
	/* A redirect is no page. */
	await fresh([...far, ...near, "/"]);
	await editor.send("/desk/redirects/redirect", { do: "save", old: "", base: "", from: "/alt", kind: "category", category: cat });
	await new Promise((r) => setTimeout(r, 300));
	assert.equal(await fresh([...far, "/"]), 0, "a redirect");
});
