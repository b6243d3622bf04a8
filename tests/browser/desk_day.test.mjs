/* Whole days at the desk, by different people in browsers of their own, with scripts and without: invited, signed in, an article
 * translated with preface, citations and image, reviewed, scheduled, public on time; its original changes; an old text is taken
 * back; two people collide. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { launch } from "../lib/browser.mjs";
import { desk, oneTimeCode, PASSWORD, until } from "../lib/desk.mjs";

const image = fileURLToPath(new URL("../unit/image/data/big.jpg", import.meta.url));
const ZONE = 9 * 3600e3; /* of the site, set below */

let d, browser, url, decodes;
before(async () => {
	d = await desk([]);
	url = d.url.replace("127.0.0.1", "localhost"); /* no passkeys under a bare address */
	d.site.run("setting", "set", "time_zone", "+09:00");
	decodes = /images: libvips/.test(d.site.run("check"));
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await d?.close();
});

/* Somebody with a browser of their own; what their pages complain of is kept. */
class Person {
	problems = [];
	constructor(login, script) { Object.assign(this, { login, script }); }
	async open() {
		const context = await browser.newContext({ javaScriptEnabled: this.script, reducedMotion: "reduce", locale: this.script ? "ja-JP" : "en-GB", viewport: { width: this.script ? 1280 : 360, height: 900 } });
		this.page = await context.newPage();
		this.page.on("console", (m) => { if (m.type() === "error" && !/status of 4\d\d/.test(m.text())) this.problems.push(m.text()); });
		this.page.on("pageerror", (e) => this.problems.push(String(e)));
		this.page.on("request", (r) => { if (!r.url().startsWith(url) && !/^(data|blob):/.test(r.url())) this.problems.push("asks a stranger: " + r.url()); });
		return this;
	}
	go(path) { return this.page.goto(new URL(path, url).href); }
	/* Clicks, and waits for the page that comes of it. */
	async press(selector, next = /./) {
		const [answer] = await Promise.all([this.page.waitForNavigation(), this.page.click(selector)]);
		assert.match(this.page.url(), next, `${this.login} presses ${selector}: ${answer?.status()} ${await this.problem()}`);
	}
	async problem() { return (await this.page.locator('[role="alert"]').allTextContents()).join(" ").trim().slice(0, 400); }
	text(selector = "main") { return this.page.textContent(selector); }
	async fill(fields) { for (const [selector, value] of Object.entries(fields)) await this.page.fill(selector, value); }
	async accept(link) {
		await this.go(link.replace(/^.*(?=\/desk\/)/, ""));
		await this.fill({ "#password": PASSWORD, "#again": PASSWORD });
		await this.press("main button", /\/desk\/sign-in$/);
		await this.signIn();
	}
	async signIn(code = "") {
		await this.go("/desk/sign-in");
		await this.fill({ "#login": this.login, "#password": PASSWORD, "#code": code });
		await this.press('form[action="/desk/sign-in"] button', /\/desk$/);
	}
	leave() { return this.press("header.desk button", /\/desk\/sign-in$/); }
	async save(next = /saved=1/) { await this.press("#save", next); }
	async close() {
		assert.deepEqual(this.problems, [], this.login);
		await this.page.context().close();
	}
}

/* A code of an app for signing in with; one that has been used is not taken twice. */
async function oneTime(p) {
	await p.go("/desk/account/totp");
	const secret = await p.text("code.secret");
	await p.fill({ "#code": oneTimeCode(secret), "#password": PASSWORD });
	await p.press('form[action="/desk/account/totp"] button');
	assert.equal(await p.page.locator(".codes code").count(), 10);
	return () => oneTimeCode(secret, Date.now() + 30000);
}

/* The authenticator would take the offer in the login's field before anything is clicked; another test is about that. */
async function passkey(p) {
	const cdp = await p.page.context().newCDPSession(p.page);
	await cdp.send("WebAuthn.enable");
	await cdp.send("WebAuthn.addVirtualAuthenticator", { options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
	await p.page.addInitScript(() => { PublicKeyCredential.isConditionalMediationAvailable = async () => false; });
	await p.go("/desk/account");
	await p.fill({ "#passkey-name": "電話", "#passkey-password": PASSWORD });
	await p.press('form[action="/desk/account/passkeys"] button', /saved=1/);
}

/* ---- the parts of a day ---- */

/* The owner comes from the shell, everybody else by the owner. */
async function arrive(script, mark) {
	const people = {};
	const owner = people.owner = await new Person("owner-" + mark, script).open();
	await owner.accept(d.site.run("user", "add", "--role", "owner", "--name", "Olga", owner.login).trim());
	for (const role of ["translator", "reviewer"]) {
		const p = people[role] = await new Person(`${role}-${mark}`, script).open();
		await owner.press('header.desk a[href="/desk/people"]');
		await owner.fill({ "#login": p.login, "#name": role === "translator" ? "翻訳 花" : "査読 二郎" });
		await owner.page.selectOption("#role", role);
		await owner.press('button[value="add"]');
		await p.accept(await owner.text("code.secret"));
	}
	const t = people.translator, code = await oneTime(t);
	if (script) await passkey(t);
	await t.leave();
	await t.signIn(code());
	if (script) {
		await t.leave();
		await t.press('form[action="/desk/sign-in/passkey"] button', /\/desk$/);
	}
	return people;
}

const ORIGINAL = "The provider reads what is not sealed[^1].\n\n## Why a key\n\nOnly you hold it.\n\n[^1]: A report on mail, 2025. <https://example.org/mail>\n";
const WORDS = ["鍵のかかった手紙", "封をしないものは事業者に読まれる[^1]。", "なぜ鍵か", "持つのはあなただけ。", "郵便についての報告、2025年。<https://example.org/mail>"];
/* The sentence that is added to the original later. */
const ADDED = "Nobody else does.";

/* An article of the site in another language. */
async function writeOriginal(p, mark) {
	await p.go("/desk/articles/new");
	await p.fill({ "#title": "Letters with a key", "#slug": "letters-" + mark, "#body": ORIGINAL, "#author": "Ann Writer" });
	await p.page.selectOption("#lang", "en");
	await p.page.selectOption("#main_category", { index: 1 });
	await p.page.selectOption("#status", "published");
	await p.save();
	return { article: new URL(p.page.url()).pathname, address: "/en/articles/letters-" + mark };
}

/* From that article, or from a file; all blocks, the preface and the credits; then an article, as a draft. */
async function translate(p, original, slug) {
	await p.press('header.desk a[href="/desk/translate"]');
	await p.press('a[href="/desk/translate/new"]');
	await p.page.selectOption("#lang", "ja");
	if (original) await p.fill({ "#article": original.address });
	else {
		await p.page.setInputFiles("#file", { name: "letters.md", mimeType: "text/markdown", buffer: Buffer.from("# Letters with a key\n\n" + ORIGINAL) });
		await p.fill({ "#url": "https://example.org/letters", "#from": "en" });
	}
	await p.press(".buttons button", /\/desk\/translate\/\d+$/);
	const work = new URL(p.page.url()).pathname, blocks = p.page.locator(".block");
	assert.equal(await blocks.count(), WORDS.length);
	for (const [i, words] of WORDS.entries()) {
		await blocks.nth(i).locator("textarea[name^=t]").fill(words);
		await blocks.nth(i).locator("input[type=checkbox]").check();
	}
	await p.fill({ "#preface": "訳者まえがき。", "#original_licence": "CC BY 4.0", "#original_author": "Ann Writer" });
	await p.press('.buttons button[value="save"]', /saved=1/);
	assert.match(await p.text("#progress"), /5のうち5が訳了|5 of 5 done/);
	await p.press('button[value="put"]', /put=1/);
	await p.press(".note a", /\/desk\/articles\/\d+$/);
	const article = new URL(p.page.url()).pathname;
	await p.fill({ "#slug": slug });
	await p.save();
	return { work, article };
}

/* A source kept as a record, cited; an image with what it shows. */
async function enrich(p, article, mark) {
	await p.go("/desk/sources/new");
	await p.fill({ "#url": "https://example.org/source-" + mark, "#title": "鍵の研究", "#outlet": "例の新聞", "#published": "2025-01-02" });
	await p.press('button[value="save"]', /\/desk\/sources\/\d+/);
	const cite = [await p.page.inputValue("#mark"), await p.page.inputValue("#footnote")];
	await p.go(article);
	let picture = "";
	if (decodes) {
		await p.page.click("details.insert summary");
		await p.page.setInputFiles("#image", image);
		await p.fill({ "#image_alt": "机の上の鍵" });
		await p.press('button[value="image"]');
		picture = await p.page.inputValue("#added_image");
		assert.match(picture, /^!\[机の上の鍵\]/);
	}
	const body = await p.page.inputValue("#body");
	assert.ok(body.includes(WORDS[1]), body);
	await p.fill({ "#body": `${body.replace(WORDS[3], `${WORDS[3]}研究もある${cite[0]}。\n\n${picture}`)}\n${cite[1]}\n` });
	await p.save();
	assert.equal(await p.page.locator(".note a[href^='/desk/media/']").count(), 0, "no image without words");
}

async function review({ translator: t, reviewer: r }, article) {
	await t.press(".article-state a", /\/review$/);
	await t.page.selectOption("#reviewer", r.login);
	await t.press('form[action$="/ask"] button');
	await r.go("/desk");
	await r.press('.tiles a[href="/desk/articles?status=review"]');
	await r.press(`.rows a[href="${article}"]`);
	await r.press(".article-state a", /\/review$/);
	await r.press("#passage-1 .add a", /passage=1/);
	await r.fill({ "#passage-text": "「封」では堅すぎませんか。" });
	await r.press('#passage-1 button[value="comment"]', /comment-\d+$/);
	await t.go("/desk/articles?whose=waiting");
	await t.press(`.rows a[href="${article}"]`);
	assert.match(await t.text(".article-state"), /堅すぎ/);
	await t.press('.article-state a[href$="/review"]', /\/review$/);
	await t.page.click("#passage-1 summary");
	await t.page.fill("#passage-1 textarea", "このままにします。");
	await t.press('#passage-1 button[value="answer"]');
	await r.go(article + "/review");
	assert.match(await r.text("#passage-1"), /このままにします/);
	await r.press('button[value="approve"]');
	assert.match(await r.text(), /承認済み|approved/i);
}

/* For the next full minute that leaves time to save: with a clock that a form shows, there is no shorter way. */
async function schedule(p, article) {
	await p.go(article);
	assert.match(await p.text(".article-state"), /承認済み|approved/i);
	await p.page.selectOption("#status", "scheduled");
	await p.page.selectOption("#main_category", { index: 1 });
	const due = Math.ceil((Date.now() + 5000) / 60000) * 60000, local = new Date(due + ZONE).toISOString();
	await p.fill({ "#published-date": local.slice(0, 10), "#published-time": local.slice(11, 16) });
	await p.save();
	assert.ok((await p.text(".article-state")).includes(`${local.slice(0, 10)} ${local.slice(11, 16)}`));
	assert.ok(Date.now() < due, "saved before its minute");
	await p.go("/desk/categories/" + await p.page.inputValue("#main_category"));
	return { due, folder: "/categories/" + encodeURIComponent(await p.page.inputValue('[name="slug"]')) };
}

/* Two drafts open in two browsers: what is apart is merged, of what overlaps both stay. */
async function collide({ owner: o, translator: t }) {
	const texts = { start: "一つ目の段落。\n\n二つ目の段落。\n\n三つ目の段落。\n" };
	await t.go("/desk/articles/new");
	await t.fill({ "#title": "衝突する記事", "#body": texts.start });
	await t.save();
	const article = new URL(t.page.url()).pathname, body = async () => { await t.go(article); return t.page.inputValue("#body"); };
	await t.go(article);
	await o.go(article);
	await o.fill({ "#body": texts.start.replace("一つ目の", "所有者の一つ目の") });
	await o.save();
	await t.fill({ "#body": texts.start.replace("三つ目の", "翻訳者の三つ目の"), "#tags": "衝突" });
	await t.save(/saved=1&merged=1/);
	const merged = "所有者の一つ目の段落。\n\n二つ目の段落。\n\n翻訳者の三つ目の段落。\n";
	assert.equal(await body(), merged);
	await o.go(article);
	await o.fill({ "#body": merged.replace("二つ目の段落。", "所有者がここを書き直した。") });
	await o.save();
	await t.fill({ "#body": merged.replace("二つ目の段落。", "翻訳者もここを書き直した。").replace("一つ目の段落。", "一つ目の段落、加筆。") });
	await t.press("#save");
	assert.equal(await t.page.locator(".overlap").count(), 1);
	await t.page.check('input[name="choice-0"][value="both"]');
	await t.press('.conflict button[value="save"]', /saved=1/);
	assert.equal(await body(), "所有者の一つ目の段落、加筆。\n\n翻訳者もここを書き直した。\n\n所有者がここを書き直した。\n\n翻訳者の三つ目の段落。\n");
	assert.equal(await t.page.inputValue("#tags"), "衝突");
	await t.go(article + "/revisions");
	assert.equal(await t.page.locator(".rows li").count(), 5);
}

/* What readers get, without a browser: the pages that a public article is on. */
const read = async (path) => { const r = await fetch(d.url + path, { redirect: "manual" }); return { status: r.status, text: await r.text() }; };
async function appears(slug, { due, folder }) {
	const pages = ["/", folder, "/search?q=" + encodeURIComponent("封をしないもの"), "/feed.atom", folder + "/feed.atom"];
	const shows = async (page) => (await read(page)).text.includes(`/articles/${slug}"`);
	await new Promise((r) => setTimeout(r, Math.max(0, due - Date.now() - 1500)));
	while (Date.now() < due - 200) {
		assert.equal((await read(`/articles/${slug}`)).status, 404, "not before its minute");
		for (const page of pages) assert.ok(!(await shows(page)) || Date.now() >= due, `${page} says nothing before the minute`);
		await new Promise((r) => setTimeout(r, 100));
	}
	await until(async () => (await read(`/articles/${slug}`)).status === 200, due + 2500 - Date.now(), "it is there on time");
	assert.ok(Date.now() >= due);
	for (const page of pages) await until(() => shows(page), Math.max(500, due + 3500 - Date.now()), `${page} shows it on time`);
}

async function seenByReaders(slug) {
	const reader = await (await browser.newContext({ locale: "ja-JP" })).newPage();
	await reader.goto(`${url}/articles/${slug}`);
	assert.equal(await reader.textContent("h1"), WORDS[0]);
	assert.match(await reader.textContent(".preface"), /訳者まえがき/);
	assert.match(await reader.textContent("article"), /翻訳 花/);
	assert.match(await reader.textContent("article"), /Ann Writer/);
	assert.match(await reader.textContent(".original"), /CC BY 4\.0/);
	assert.equal(await reader.locator(".body sup a, .body a[role=doc-noteref]").count() > 0, true);
	assert.match(await reader.textContent("article"), /郵便についての報告[\s\S]*鍵の研究[\s\S]*例の新聞/);
	if (decodes) assert.equal(await reader.getAttribute(".body img", "alt"), "机の上の鍵");
	assert.equal(await reader.locator(".behind").count(), 0);
	assert.deepEqual(await reader.context().cookies(), []);
	await reader.context().close();
}

/* The original is edited here, or brought anew; the notice, the marked block, and the notice gone. */
async function originalChanges({ owner: o, translator: t }, original, { work, article }, slug) {
	const changed = ORIGINAL.replace("Only you hold it.", `Only you hold it. ${ADDED}`);
	if (original) {
		await o.go(original.article);
		await o.fill({ "#body": changed });
		await o.save();
	} else {
		await t.go(work);
		await t.page.locator('details:has(form[action$="/original"]) > summary').click();
		await t.page.setInputFiles("#file", { name: "letters.md", mimeType: "text/markdown", buffer: Buffer.from("# Letters with a key\n\n" + changed) });
		await t.press('form[action$="/original"] button', /saved=1/);
	}
	const behind = async () => (await read(`/articles/${slug}`)).text.includes('class="behind"');
	await until(behind, 2000, "readers are told");
	await t.go("/desk");
	assert.match(await t.text('.tiles li:has(a[href="/desk/translate"])'), /[1-9]/);
	await t.press('header.desk a[href="/desk/translate"]');
	await t.press(`section[aria-labelledby="late-title"] a[href="${work}"]`);
	assert.ok(await t.page.locator("#behind-title").isVisible());
	assert.equal(await t.page.locator(".block.changed").count(), 1);
	assert.equal((await t.text(".block.changed ins")).trim(), ADDED);
	/* The article has a source and an image that the blocks know nothing of: taken over first. */
	await o.go(work);
	await o.press('button[value="take"]');
	await o.page.locator(".block.changed textarea[name^=t]").fill((await o.page.inputValue(".block.changed textarea[name^=t]")) + "ほかの誰も持たない。");
	await o.page.locator(".block.changed input[type=checkbox]").check();
	await o.press(".progress-line button", /saved=1/);
	await o.press('button[value="put"]', /put=1/);
	await until(async () => !(await behind()), 2000, "the notice goes");
	const text = (await read(`/articles/${slug}`)).text;
	assert.match(text, /ほかの誰も持たない/);
	assert.match(text, /鍵の研究/);
	assert.equal(decodes, /机の上の鍵/.test(text));
	await o.go(article);
}

async function takeBack(o, article, slug) {
	await o.press(`a[href="${article}/revisions"]`);
	await o.press(".rows li:nth-child(2) a", /revisions\/\d+$/);
	await o.press('a[href*="?revision="]', /revision=\d+/);
	assert.doesNotMatch(await o.page.inputValue("#body"), /ほかの誰も持たない/);
	await o.save();
	await until(async () => !/ほかの誰も持たない/.test((await read(`/articles/${slug}`)).text), 2000, "the old text is public again");
	assert.match((await read(`/articles/${slug}`)).text, /封をしないものは/);
}

async function day(script, mark) {
	const people = await arrive(script, mark), { owner, translator, reviewer } = people, slug = "kagi-" + mark;
	/* One day begins with an article of the site, the other with a file. */
	const original = script ? await writeOriginal(owner, mark) : null;
	const made = await translate(translator, original, slug);
	await enrich(translator, made.article, mark);
	await review(people, made.article);
	const when = await schedule(owner, made.article);
	await collide(people); /* while the minute is awaited */
	await appears(slug, when);
	await seenByReaders(slug);
	await originalChanges(people, original, made, slug);
	await takeBack(owner, made.article, slug);
	await owner.go("/desk/log");
	const log = await owner.text();
	for (const action of ["user.add", "translation.new", "review.ask", "comment.add", "review.approve", "clock.publish", "article.save"]) assert.match(log, new RegExp(action.replace(".", "\\.")), action);
	for (const p of [owner, translator, reviewer]) await p.close();
}

test("whole days, at the same desk at the same time", { concurrency: true }, async (t) => {
	await Promise.all([
		t.test("with scripts, one-time codes and a passkey, from an article of the site", () => day(true, "s")),
		t.test("without scripts, on a phone, from a file", () => day(false, "n")),
	]);
});
