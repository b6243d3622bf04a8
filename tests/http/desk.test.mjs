/* The desk from outside: cookies, form tokens, rights, the throttle, and two people at one article. No browser. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { Client as Visitor, desk, formOf, oneTimeCode as code, PASSWORD, ROLES } from "../lib/desk.mjs";

let d, s, server, people;
class Client extends Visitor {
	constructor() { super(d); }
}
before(async () => {
	d = await desk();
	({ site: s, server, people } = d);
});
after(() => d?.close());

test("an invitation is good once, and the passwords must match and be long enough", async () => {
	const link = s.run("user", "add", "guest").trim();
	const token = new URL(link, server.url).searchParams.get("token");
	const c = new Client();
	assert.equal((await c.send("/desk/invitation", { token, password: "short", again: "short" }, link)).status, 422);
	assert.equal((await c.send("/desk/invitation", { token, password: PASSWORD, again: PASSWORD + "x" }, link)).status, 422);
	assert.equal((await c.send("/desk/invitation", { token, password: PASSWORD, again: PASSWORD }, link)).status, 303);
	assert.equal((await c.go(link)).status, 404);
	assert.equal((await c.send("/desk/invitation", { token, password: PASSWORD, again: PASSWORD }, "/desk/sign-in")).status, 404);
	s.run("user", "remove", "guest");
	assert.equal((await c.signIn("guest")).status, 403);
	assert.equal(JSON.parse(s.run("user", "list", "--json")).length, ROLES.length);
});

test("nobody else on the machine may read the database or a backup", () => {
	assert.equal(statSync(join(s.dir, "data")).mode & 0o77, 0);
	const copy = join(s.dir, "copy.db");
	s.run("backup", copy);
	assert.equal(statSync(copy).mode & 0o77, 0);
});

test("cookies are strict, unreadable to scripts, and live under /desk alone", async () => {
	const c = new Client();
	await c.token("/desk/sign-in");
	const lines = [...c.set];
	const r = await c.signIn("owner");
	lines.push(...c.set);
	assert.equal(lines.length, 3); /* of the form, of the session, of the browser */
	for (const line of lines) {
		assert.match(line, /; HttpOnly/);
		assert.match(line, /; SameSite=Strict/);
		assert.match(line, /; Path=\/desk(;|$)/);
	}
	assert.equal(r.headers.get("cache-control"), "no-store");
	const before = { ...c.cookies };
	for (const path of ["/", "/articles/vpn", "/search?q=VPN", "/nothing"]) {
		await c.go(path);
		assert.deepEqual(c.set, [], path);
	}
	assert.deepEqual(c.cookies, before);
	for (const path of ["/desk", "/desk/account"]) assert.equal((await c.go(path)).headers.get("cache-control"), "no-store", path);
});

test("with an https address the cookies are Secure", async () => {
	s.run("setting", "set", "base_url", "https://help.example.org");
	const c = new Client();
	await c.token("/desk/sign-in");
	assert.match(c.set[0], /; Secure/);
	s.run("setting", "set", "base_url", "");
});

test("who is not in is sent to sign in, and may do nothing", async () => {
	const c = new Client();
	for (const path of ["/desk", "/desk/account", "/desk/log", "/desk/articles/new", "/desk/articles/1", "/desk/articles/1/revisions", "/desk/account/totp"]) {
		const r = await c.go(path);
		assert.equal(r.status, 303, path);
		assert.equal(r.location, "/desk/sign-in");
	}
	c.cookies.kairan_desk = "x".repeat(43);
	assert.equal((await c.go("/desk")).status, 303);
	assert.equal((await c.send("/desk/articles/1", { title: "x" }, "/desk/sign-in")).status, 403);
});

const posts = ["/desk/sign-out", "/desk/account/language", "/desk/account/password", "/desk/account/sessions", "/desk/account/totp",
	"/desk/account/totp/off", "/desk/people", "/desk/articles/new", "/desk/articles/1"];

test("no form counts without its token, with another's, or from another site", async () => {
	const c = people.owner;
	const others = await people.editor.token("/desk/account");
	const mine = await c.token("/desk/account");
	for (const path of [...posts, "/desk/sign-in", "/desk/invitation"]) {
		for (const csrf of ["", "0".repeat(64), others, mine.slice(1)])
			assert.equal((await c.send(path, { csrf, title: "x" })).status, 403, `${path} ${csrf}`);
		const r = await c.go(path, { method: "POST", body: new URLSearchParams({ csrf: mine }), headers: { "sec-fetch-site": "cross-site" } });
		assert.equal(r.status, 403, path);
	}
	assert.equal((await c.go("/desk")).status, 200);
	/* The sign-in form's token belongs to its cookie as well. */
	const a = new Client(), b = new Client();
	const token = await a.token("/desk/sign-in");
	await b.token("/desk/sign-in");
	assert.equal((await b.send("/desk/sign-in", { csrf: token, login: "owner", password: PASSWORD })).status, 403);
});

/* What each role may see. */
const TABLE = {
	"/desk": "owner editor translator author reviewer",
	"/desk/articles": "owner editor translator author reviewer",
	"/desk/account": "owner editor translator author reviewer",
	"/desk/account/totp": "owner editor translator author reviewer",
	"/desk/articles/1": "owner editor translator author reviewer",
	"/desk/articles/1/revisions": "owner editor translator author reviewer",
	"/desk/articles/new": "owner editor translator author",
	"/desk/log": "owner",
	"/desk/people": "owner",
};

test("each page is for the roles that may see it", async () => {
	for (const [path, may] of Object.entries(TABLE)) {
		for (const role of ROLES)
			assert.equal((await people[role].go(path)).status, may.split(" ").includes(role) ? 200 : 403, `${role} ${path}`);
	}
});

test("each role changes what it may and nothing else", async () => {
	const published = "/desk/articles/1";
	const draft = await people.owner.article({ title: "Draft of the owner" });
	const own = {};
	for (const role of ROLES) own[role] = await (role === "reviewer" ? 403 : people[role].article({ title: `By ${role}` }));
	for (const role of ROLES) {
		const c = people[role], publishes = role === "owner" || role === "editor";
		const csrf = await c.token("/desk/account");
		const attempt = async (path, changes) => {
			const fields = { ...formOf((await people.owner.go(path)).text), csrf, ...changes };
			const body = new FormData();
			for (const [k, v] of Object.entries(fields)) body.append(k, v);
			const r = await c.go(path, { method: "POST", body });
			assert.notEqual(r.status, 422, r.text.match(/role="alert">([^<]*)/)?.[1]);
			return r.status;
		};
		assert.equal(await attempt("/desk/articles/new", { title: `Again by ${role}` }), role === "reviewer" ? 403 : 303, `${role} new`);
		assert.equal(await attempt("/desk/articles/new", { title: "x", status: "published" }), publishes ? 303 : 403, `${role} publishes a new one`);
		assert.equal(await attempt(draft, { summary: role }), publishes || role === "reviewer" ? 303 : 403, `${role} another's draft`);
		assert.equal(await attempt(published, { summary: role }), publishes ? 303 : 403, `${role} a published one`);
		assert.equal(await attempt(published, { status: "draft" }), publishes ? 303 : 403, `${role} takes back a published one`);
		assert.equal(await attempt(published, { status: "published" }), publishes ? 303 : 403, `${role} publishes`);
		if (typeof own[role] !== "string") continue;
		assert.equal(await attempt(own[role], { status: "review" }), 303, `${role} sends in their own`);
		assert.equal(await attempt(own[role], { status: "published" }), publishes ? 303 : 403, `${role} publishes their own`);
	}
	/* Once published, an author's own article is out of their hands. */
	assert.equal((await people.owner.save(own.author, { status: "published" })).status, 303);
	assert.doesNotMatch((await people.author.go(own.author)).text, /value="save"/);
});

test("an article with everything: written, seen on the site at once, changed, found in the log", async () => {
	const c = people.editor;
	const path = await c.article({ title: "通信の秘密 <b>", body: "# 見出し\r\n\r\n本文 **強調**。", summary: "要約", tags: "安全、VPN, 安全", status: "published",
		author: "花", original_title: "Secrecy", original_url: "https://example.org/a", original_licence: "CC BY 4.0", slug: "secrecy" });
	const page = (await c.go(path)).text, form = formOf(page);
	assert.equal(form.title, "通信の秘密 <b>");
	assert.equal(form.body, "# 見出し\n\n本文 **強調**。");
	assert.equal(form.tags, "安全, VPN");
	assert.equal(form.original_licence, "CC BY 4.0");
	const read = await new Client().go("/articles/secrecy");
	assert.equal(read.status, 200);
	assert.match(read.text, /<strong>強調<\/strong>/);
	assert.doesNotMatch(read.text, /<h1>通信の秘密 <b>/);
	assert.equal((await c.save(path, { body: "新しい本文" })).status, 303);
	const until = Date.now() + 2000;
	while (!/新しい本文/.test((await new Client().go("/articles/secrecy")).text)) assert.ok(Date.now() < until, "the page shows the change");
	assert.match((await people.owner.go("/desk/log")).text, /article\.save<\/code> \d+ 通信の秘密/);
	assert.match((await c.go("/desk/articles?q=" + encodeURIComponent("通信の秘密"))).text, /通信の秘密/);
	assert.match((await c.go("/desk/articles?status=draft&q=" + encodeURIComponent("通信の秘密"))).text, /<p class="found" role="status">0/);
});

test("what a form says wrongly is told, and what was written stays", async () => {
	const c = people.editor;
	for (const [changes, status] of [[{ title: " " }, 422], [{ published_date: "tomorrow" }, 422], [{ status: "scheduled", published_date: "2020-01-01" }, 422],
		[{ lang: "xx" }, 422], [{ original_url: "javascript:alert(1)" }, 422], [{ tags: "あ".repeat(100) }, 413], [{ author: "x".repeat(2000) }, 413], [{ status: "famous" }, 400]]) {
		const r = await c.save("/desk/articles/new", { title: "題", body: "消えない文章", ...changes });
		assert.equal(r.status, status, JSON.stringify(changes).slice(0, 80));
		if (status !== 400) {
			assert.match(r.text, /role="alert"/);
			assert.equal(formOf(r.text).body, "消えない文章");
		}
	}
	const large = await c.article({ title: "長い", body: "長い文章。\n\n".repeat(20000) });
	assert.match(String(large), /^\/desk\/articles\/\d+$/);
});

test("a preview shows clean HTML and saves nothing", async () => {
	const c = people.editor;
	const path = await c.article({ title: "Preview" });
	const r = await c.save(path, { do: "preview", body: "**bold** <script>alert(1)</script> <img src=x onerror=alert(1)>" });
	assert.equal(r.status, 200);
	assert.match(r.text, /<strong>bold<\/strong>/);
	const shown = r.text.slice(r.text.indexOf('class="preview"'), r.text.indexOf("<form class=\"fields\""));
	assert.doesNotMatch(shown, /<script|onerror/);
	assert.match(formOf(r.text).body, /<script>/);
	assert.equal(formOf((await c.go(path)).text).body, "本文");
});

test("two people at one article: the later one sees both texts, and nothing is lost", async () => {
	const a = people.editor, b = people.owner;
	const path = await a.article({ title: "衝突", body: "はじめの文章です。" });
	const open = formOf((await b.go(path)).text);
	assert.equal((await a.save(path, { body: "編集者の文章です。" })).status, 303);
	const body = new FormData();
	for (const [k, v] of Object.entries({ ...open, body: "管理者の文章です。", tags: "衝突" })) body.append(k, v);
	const r = await b.go(path, { method: "POST", body });
	assert.equal(r.status, 409);
	assert.equal(formOf(r.text).body, "管理者の文章です。");
	assert.equal(formOf(r.text).tags, "衝突");
	assert.match(r.text, /<del>はじめの<\/del><ins>編集者の<\/ins>/);
	assert.match(r.text, /<del>はじめの<\/del><ins>管理者の<\/ins>/);
	assert.equal(formOf((await b.go(path)).text).body, "編集者の文章です。");
	const again = new FormData();
	for (const [k, v] of Object.entries({ ...formOf(r.text), "choice-0": "mine", do: "save" })) again.append(k, v);
	assert.equal((await b.go(path, { method: "POST", body: again })).status, 303);
	const list = (await b.go(path + "/revisions")).text;
	const revisions = [...list.matchAll(/href="(\/desk\/articles\/\d+\/revisions\/\d+)"/g)].map((m) => m[1]);
	assert.equal(revisions.length, 3);
	assert.match((await b.go(revisions[0])).text, /<del>編集者<\/del><ins>管理者<\/ins>/);
	/* The middle one is taken back. */
	const restore = (await b.go(revisions[1])).text.match(/href="(\/desk\/articles\/\d+\?revision=\d+)"/)[1];
	assert.equal(formOf((await b.go(restore)).text).body, "編集者の文章です。");
	const back = new FormData();
	for (const [k, v] of Object.entries(formOf((await b.go(restore)).text))) back.append(k, v);
	assert.equal((await b.go(path, { method: "POST", body: back })).status, 303);
	assert.equal(formOf((await a.go(path)).text).body, "編集者の文章です。");
	assert.equal((await b.go(path + "/revisions/999999")).status, 404);
	assert.equal((await b.go("/desk/articles/999999")).status, 404);
	assert.equal((await b.go("/desk/articles/x")).status, 404);
});

test("the second step: set up by its code, asked for, a recovery code once, taken off by the password", async () => {
	const c = await d.enrol("twofold", "author");
	const page = (await c.go("/desk/account/totp")).text;
	const secret = page.match(/name="secret" value="([A-Z2-7]{32})"/)[1], csrf = page.match(/name="csrf" value="([^"]*)"/)[1];
	assert.match(page, /<svg class="qr" [^>]*>.*<path d="M4 4h7v1h-7z/);
	assert.equal((await c.send("/desk/account/totp", { csrf, secret, code: "000000", password: PASSWORD })).status, 422);
	assert.equal((await c.send("/desk/account/totp", { csrf, secret, code: code(secret), password: "something wrong" })).status, 403);
	const done = await c.send("/desk/account/totp", { csrf, secret, code: code(secret), password: PASSWORD });
	const codes = [...done.text.matchAll(/<code>([A-Z2-7-]{19})<\/code>/g)].map((m) => m[1]);
	assert.equal(codes.length, 10);
	assert.equal((await new Client().signIn("twofold")).status, 403);
	assert.equal((await new Client().signIn("twofold", PASSWORD, codes[0].toLowerCase())).status, 303);
	assert.equal((await new Client().signIn("twofold", PASSWORD, codes[0])).status, 403);
	assert.equal((await new Client().signIn("twofold", PASSWORD, code(secret, Date.now() + 30000))).status, 303);
	assert.equal((await c.send("/desk/account/totp/off", { csrf, password: "something wrong" })).status, 403);
	assert.equal((await c.send("/desk/account/totp/off", { csrf, password: PASSWORD })).status, 303);
	assert.equal((await new Client().signIn("twofold")).status, 303);
});

test("sessions are seen and ended, and a new password ends the others", async () => {
	const a = await d.enrol("many", "author"), b = new Client(), other = people.author;
	await b.signIn("many");
	const page = (await a.go("/desk/account")).text;
	const [id] = [...page.matchAll(/name="session" value="(\d+)"/g)].map((m) => m[1]);
	assert.equal((await other.send("/desk/account/sessions", { session: id }, "/desk/account")).status, 404);
	assert.equal((await b.go("/desk")).status, 200);
	assert.equal((await a.send("/desk/account/sessions", { session: id }, "/desk/account")).status, 303);
	assert.equal((await b.go("/desk")).status, 303);
	await b.signIn("many");
	const fields = { password: "another long password", again: "another long password" };
	assert.equal((await a.send("/desk/account/password", { old: "not this one", ...fields }, "/desk/account")).status, 403);
	assert.equal((await a.send("/desk/account/password", { old: PASSWORD, ...fields }, "/desk/account")).status, 303);
	assert.equal((await b.go("/desk")).status, 303);
	assert.equal((await a.send("/desk/account/language", { lang: "en" }, "/desk/account")).status, 303);
	assert.match((await a.go("/desk/account")).text, /<h1>Your account<\/h1>/);
	assert.equal((await a.send("/desk/account/language", { lang: "xx" }, "/desk/account")).status, 400);
	assert.equal((await a.send("/desk/sign-out", {}, "/desk/account")).location, "/desk/sign-in");
	assert.equal(a.cookies.kairan_desk, undefined);
	assert.equal((await a.go("/desk")).status, 303);
});

test("an owner adds, invites again and removes people, and nobody else does", async () => {
	const c = people.owner, send = (fields) => c.send("/desk/people", fields);
	assert.equal((await people.editor.send("/desk/people", { do: "add", login: "x", role: "owner" }, "/desk/account")).status, 403);
	const added = await send({ do: "add", login: "yuki", name: "雪 <b>", role: "translator" });
	assert.equal(added.status, 200);
	const link = (r) => r.text.match(/<code class="secret">([^<]*)<\/code>/)?.[1];
	assert.match(link(added), /\/desk\/invitation\?token=/);
	assert.doesNotMatch(added.text, /雪 <b>/);
	assert.equal((await send({ do: "add", login: "yuki", role: "author" })).status, 409);
	assert.equal((await send({ do: "add", login: "Yuki!", role: "author" })).status, 422);
	assert.equal((await send({ do: "add", login: "z", role: "king" })).status, 400);
	assert.equal((await send({ do: "dance", login: "yuki" })).status, 400);
	const again = await send({ do: "invite", login: "yuki" });
	const y = new Client();
	assert.equal((await y.go(link(added).replace(/^.*(?=\/desk)/, ""))).status, 404);
	const path = link(again).replace(/^.*(?=\/desk)/, "");
	const token = new URL(path, server.url).searchParams.get("token");
	assert.equal((await y.send("/desk/invitation", { token, password: PASSWORD, again: PASSWORD }, path)).status, 303);
	assert.equal((await y.signIn("yuki")).status, 303);
	assert.equal((await y.go("/desk")).status, 200);
	const page = async (login) => (await c.go("/desk/people")).text.match(new RegExp(`href="(/desk/people/\\d+)">[^<]*</a></span> <span class="meta"><span>${login}<`))?.[1];
	const yuki = await page("yuki");
	assert.equal((await c.send(yuki, { do: "remove" })).status, 303);
	assert.equal((await y.go("/desk")).status, 303);
	assert.equal((await c.send(yuki, { do: "remove" }, "/desk/people")).status, 404);
	assert.equal((await c.send(await page("owner"), { do: "remove" })).status, 409);
	assert.equal((await c.go("/desk/people")).status, 200);
	assert.match((await c.go("/desk/log")).text, /user\.remove<\/code> yuki/);
});

test("an account that is tried too often makes wait, others do not", async () => {
	await d.enrol("target", "author");
	const c = new Client();
	const statuses = [];
	for (let i = 0; i < 6; i++) statuses.push((await c.signIn("target", "a wrong password")).status);
	assert.deepEqual(statuses, [403, 403, 403, 403, 403, 429]);
	assert.equal((await c.signIn("target")).status, 429);
	assert.equal((await c.signIn("editor")).status, 303);
});
