/* What editors teach the search at the desk, and what readers asked: synonyms, pinned answers, questions, searches in vain. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { start, site } from "../lib/kairan.mjs";
import { Client, enrol } from "../lib/desk.mjs";

let s, server, editor, other, reader;
before(async () => {
	s = site();
	s.run("import", "markdown", "sample/articles");
	server = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
	editor = await enrol(s, server.url, "editor", "editor");
	other = await enrol(s, server.url, "owner", "owner");
	reader = new Client(server.url);
});
after(async () => {
	await server?.stop();
	s?.remove();
});

const hits = async (query) => (await (await fetch(`${server.url}/api/v1/search?q=${encodeURIComponent(query)}`)).json()).hits;
async function soon(check) {
	for (const until = Date.now() + 3000; ;) {
		try { return await check(); } catch (error) { if (Date.now() > until) throw error; }
		await new Promise((r) => setTimeout(r, 20));
	}
}
const list = () => JSON.parse(s.run("synonym", "list", "--json"));

test("synonyms: lines all or none, at once in the search, changed and deleted under their state", async () => {
	assert.equal((await hits("ぶいぴーえぬ")).length, 0);
	let r = await editor.send("/desk/synonyms", { lines: "ぶいぴーえぬ, VPN\r\n# a comment\r\nへんな語 => VPN、Tor\r\n" });
	assert.equal(r.status, 303, r.problem);
	assert.deepEqual(list().map((x) => [x.words.length, x.one_way]), [[2, false], [3, true]]);
	await soon(async () => assert.ok((await hits("ぶいぴーえぬ")).length > 0));
	for (const [lines, status] of [["", 422], ["alone", 422], ["good, better\nalone", 422], ["a => ", 422], [Array.from({ length: 40 }, (_, i) => `w${i}`).join(","), 413], [("x".repeat(300)) + ", b", 422]])
		assert.equal((await editor.send("/desk/synonyms", { lines })).status, status, lines.slice(0, 30));
	assert.equal(list().length, 2);
	assert.match((await editor.send("/desk/synonyms", { lines: "<b>alone" })).text, /&lt;b&gt;alone/);
	const path = `/desk/synonyms/${list()[0].id}`, base = await editor.hidden(path, "base");
	assert.equal((await other.send(path, { do: "save", base, line: "ぶいぴーえぬ, VPN, 仮想網", lang: "ja" })).status, 303);
	r = await editor.send(path, { do: "save", base, line: "x, y" });
	assert.equal(r.status, 409);
	assert.match(r.text, /value="ぶいぴーえぬ, VPN, 仮想網"/);
	assert.deepEqual([list()[0].lang, list()[0].words.length], ["ja", 3]);
	assert.equal((await editor.send(path, { do: "delete", base: await editor.hidden(path, "base") })).status, 303);
	assert.equal((await editor.go(path)).status, 404);
	assert.equal(list().length, 1);
	const log = (await other.go("/desk/log")).text;
	for (const action of ["synonym.add", "synonym.save", "synonym.delete"]) assert.ok(log.includes(`${action}</code>`), action);
});

test("pinned answers: composed from page to page, previewed in each language, kept only when saved", async () => {
	const ids = (await hits("パスワード")).map((h) => String(h.id));
	const at = "/desk/pins/pin", query = "いちばん大事なこと？";
	let r = await editor.send(at, { do: "find", id: "0", query, find: "パスワード" });
	assert.match(r.text, new RegExp(`value="add ${ids[0]}"`));
	r = await editor.send(at, { do: `add ${ids[1]}`, id: "0", query, article: ids[0] });
	assert.deepEqual([...r.text.matchAll(/name="article" value="(\d+)"/g)].map((m) => m[1]), [ids[0], ids[1]]);
	for (const [step, want] of [[`up ${ids[1]}`, [ids[1], ids[0]]], [`down ${ids[0]}`, [ids[1], ids[0]].reverse()], [`remove ${ids[0]}`, [ids[1]]], ["up x", ids.slice(0, 2)], ["up 99999", ids.slice(0, 2)]]) {
		r = await editor.send(at, { do: step, id: "0", query, article: [ids[0], ids[1]] });
		const got = [...r.text.matchAll(/name="article" value="(\d+)"/g)].map((m) => m[1]);
		assert.deepEqual(got, step.startsWith("down") ? [ids[1], ids[0]] : want, step);
	}
	assert.match(r.text, /class="sheet hits"[\s\S]*badge strong/);
	assert.equal(JSON.parse(s.run("pin", "list", "--json")).length, 0);
	assert.equal((await editor.send(at, { do: "save", id: "0", query, article: [ids[1], ids[0]] })).status, 303);
	await soon(async () => assert.deepEqual((await hits("いちばん大事なこと")).slice(0, 2).map((h) => [String(h.id), h.pinned]), [[ids[1], true], [ids[0], true]]));
	/* What is drawn is what readers get. */
	const shown = (await editor.go(at + "?query=" + encodeURIComponent(query))).text;
	assert.match(shown, /name="id" value="[1-9]/);
	for (const [fields, status] of [[{ query: "", article: ids[0] }, 422], [{ query: "x" }, 422], [{ query, article: ids[0] }, 409], [{ query: "x", article: "99999" }, 404]]) {
		const got = await editor.send(at, { do: "save", id: "0", ...fields });
		assert.equal(got.status, status, JSON.stringify(fields));
	}
	const id = shown.match(/name="id" value="(\d+)"/)[1], base = shown.match(/name="base" value="([^"]*)"/)[1];
	assert.equal((await other.send(at, { do: "save", id, base, query: "いちばん大切なこと", article: ids[0] })).status, 303);
	assert.equal((await editor.send(at, { do: "save", id, base, query, article: ids[1] })).status, 409);
	await soon(async () => assert.equal((await hits("いちばん大切なこと"))[0].pinned, true));
	assert.ok(!(await hits("いちばん大事なこと"))[0]?.pinned);
	const now = JSON.parse(s.run("pin", "list", "--json"))[0].id;
	assert.equal((await editor.send(at, { do: "delete", id: String(now), base: await editor.hidden(`${at}?id=${now}`, "base"), query: "x" })).status, 303);
	assert.equal((await editor.go(`${at}?id=${now}`)).status, 404);
	const log = (await other.go("/desk/log")).text;
	for (const action of ["pin.save", "pin.delete"]) assert.ok(log.includes(`${action}</code>`), action);
});

test("questions and searches in vain are answered or dismissed, by whoever comes first", async () => {
	for (const question of ["<b>監視</b>とは？\nくわしく", "二つ目"])
		assert.equal((await reader.go("/questions", { method: "POST", body: new URLSearchParams({ question }) })).status, 303);
	/* Five hours do not pass in a test. */
	execFileSync("python3", ["-c", `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=10)
db.executemany("INSERT INTO unanswered (query, searches, first_day, last_day) VALUES (?, ?, '2026-01-01', '2026-02-01')", [("vpn", 7), ("zzzzqqqq", 30), ("xyxyxyxy", 9)])
db.commit()`, join(s.dir, "data", "kairan.db")]);
	let page = (await editor.go("/desk/questions")).text;
	assert.match(page, /&lt;b&gt;監視&lt;\/b&gt;とは？/);
	assert.match(page, new RegExp(`/desk/articles/new\\?title=${encodeURIComponent("<b>監視</b>とは？")}"`));
	assert.match((await editor.go("/desk/articles/new?title=" + encodeURIComponent("<b>監視"))).text, /name="title" value="&lt;b&gt;監視"/);
	const first = page.match(/\?question=(\d+)/g).map((m) => m.slice(10));
	assert.equal((await editor.send("/desk/questions", { id: first[0] })).status, 303);
	assert.equal((await other.send("/desk/questions", { id: first[0] }, "/desk/questions")).status, 303);
	assert.equal((await editor.send("/desk/questions", { id: "x" })).status, 400);
	assert.equal(JSON.parse(s.run("question", "list", "--json")).length, 1);

	page = (await editor.go("/desk/searches")).text;
	assert.deepEqual([...page.matchAll(/<div class="what">([^<]*)</g)].map((m) => m[1]), ["zzzzqqqq", "xyxyxyxy", "vpn"]);
	assert.equal(page.match(/今は見つかります|finds something now/g).length, 1);
	assert.equal((await editor.send("/desk/searches", { query: "zzzzqqqq" })).status, 303);
	assert.equal((await editor.send("/desk/searches", { query: "zzzzqqqq" })).status, 303);
	const pin = (await editor.go("/desk/pins/pin?searched=xyxyxyxy")).text;
	assert.match(pin, /name="query" value="xyxyxyxy"/);
	assert.equal((await editor.send("/desk/pins/pin", { do: "save", id: "0", query: "xyxyxyxy", article: "1", searched: "xyxyxyxy", answered: "1" })).status, 303);
	assert.deepEqual(JSON.parse(s.run("unanswered", "--json")).map((u) => u.query), ["vpn"]);
	assert.equal((await editor.send("/desk/pins/pin", { do: "save", id: "0", query: "二つ目", article: "1", question: JSON.parse(s.run("question", "list", "--json"))[0].id, answered: "1" })).status, 303);
	assert.equal(JSON.parse(s.run("question", "list", "--json")).length, 0);
	assert.equal((await editor.go("/desk/pins/pin?question=99999")).status, 404);
	/* The log does not keep what was asked. */
	const log = (await other.go("/desk/log")).text;
	assert.match(log, /question\.dismiss<\/code> \d+/);
	assert.doesNotMatch(log, /監視|zzzzqqqq/);
});
