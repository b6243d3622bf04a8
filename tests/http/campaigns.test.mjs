/* A campaign from the form to the withdrawal, by plain requests: without a script, with its work, in both languages; what is
 * refused and how; what pages show, and where. */
import { execFile } from "node:child_process";
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { program } from "../lib/kairan.mjs";
import { campaignSite, organiser, work, signForm, answer } from "../lib/campaign.mjs";

const sample = (name) => JSON.parse(readFileSync(`sample/campaigns/${name}.json`));
/* Beside the server that runs. */
const cli = (...args) => new Promise((done, failed) => execFile(program, ["-C", c.site.dir, ...args], { encoding: "utf8" }, (e, out, said) => e ? failed(new Error(said)) : done(out)));
const main = (r) => r.text.match(/<main[\s\S]*<\/main>/)?.[0] ?? r.text;
const PETITION = "/campaigns/private-messages", LETTER = "/campaigns/camera-rules";
let c;

const count = async (path = PETITION) => Number((await c.get(path)).text.match(/cam-count"><strong>([\d,]+)</)[1].replace(/,/g, ""));
/* Pages may be a second or two old. */
async function counted(n, path = PETITION) {
	for (let i = 0; i < 60; i++) {
		if (await count(path) === n) return;
		await new Promise((done) => setTimeout(done, 50));
	}
	assert.equal(await count(path), n);
}
async function sign(mail, fields = {}, slug = "private-messages") {
	const r = await c.post(`/campaigns/${slug}/sign`, { f_name: "山田花子", mail, ...(await work(c, slug)), ...fields });
	assert.equal(r.status, 200, main(r));
	return c.mailTo(mail);
}
/* Everything that lies in the site's folder. */
function* files(dir) {
	for (const name of readdirSync(dir)) {
		const path = join(dir, name);
		if (statSync(path).isDirectory()) yield* files(path);
		else yield path;
	}
}
const holds = (text) => [...files(c.site.dir)].filter((path) => readFileSync(path).includes(text));

before(async () => {
	c = await campaignSite({ conf: ["forwarded_by X-Forwarded-For"] });
	const petition = sample("messages");
	petition.embed_hosts = "friends.example *.news.example";
	petition.domains_blocked = "*.spam.example";
	petition.min_age = 15;
	petition.consents.push({ name: "terms", required: true, texts: { ja: "規約に同意する", en: "I agree to the terms" } });
	c.bring(petition);
	c.bring(sample("cameras"));
	c.bring({ slug: "kaigi", kind: "petition", state: "open", organiser: "会", starts_at: "2100-01-01", texts: { ja: { title: "まだ始まらない", body: "本文" } } });
	c.bring({ slug: "kaisha", kind: "petition", state: "open", organiser: "会", fields: [{ name: "name", kind: "name", required: true, texts: { ja: { label: "名前" } } }], texts: { ja: { title: "会社", body: "本文" } } });
	c.bring({ slug: "draft", kind: "petition", state: "draft", organiser: "会", texts: { ja: { title: "下書き", body: "本文" } } });
	await c.serve();
});
after(() => c?.stop());
const FINE = { age: "1", c_terms: "1" };

test("the page tells all of it, in both languages, and needs no script", async () => {
	const ja = await c.get(PETITION), en = await c.get("/en" + PETITION);
	assert.equal(ja.status, 200);
	for (const text of ["私たちのメッセージを", "要求", "総務大臣", "院内集会で提出", "署名を始めました", "通信の秘密を考える会（見本）", "架空の団体", "目標 5,000", "関連記事", "15歳以上です。"])
		assert.ok(ja.text.includes(text), text);
	for (const text of ["Do not have our messages searched", "What we demand", "We hand it over in the Diet", "We have begun", "of 5,000 wanted", "I am at least 15 years old."])
		assert.ok(en.text.includes(text), text);
	assert.ok(!en.text.includes("署名を始めました"));
	assert.match(en.text, /<h1 lang="en">/);
	const ld = JSON.parse(ja.text.match(/<script type="application\/ld\+json">(.*?)<\/script>/)[1]);
	assert.equal(ld.interactionStatistic.userInteractionCount, 0);
	assert.equal(ld.author.name, "通信の秘密を考える会（見本）");
	assert.match(ja.text, /<meta name="referrer" content="same-origin">/);
	assert.equal(ja.headers.get("set-cookie"), null);
	assert.deepEqual([...ja.text.matchAll(/(?:src|action|srcset)="(https?:)/g)], []);
	/* In Japan the name comes first, then the mail address; a prefecture is chosen by its name. */
	assert.ok(ja.text.indexOf('id="f_name"') < ja.text.indexOf('id="mail"'));
	assert.match(ja.text, /<option value="13">東京都<\/option>/);
	assert.match(en.text, /<option value="13">Tokyo<\/option>/);
	assert.equal((await c.get("/campaigns/draft")).status, 404);
	assert.equal((await c.get("/campaigns/nothing")).status, 404);
	const soon = await c.get("/campaigns/kaigi");
	assert.match(soon.text, /2100年1月1日開始/);
	assert.doesNotMatch(soon.text, /class="cam-form"/);
});

test("it stands in the list, on the portal, in an article, and is cached", async () => {
	for (const path of ["/campaigns", "/", "/en/campaigns", "/en"]) {
		const r = await c.get(path);
		assert.match(r.text, /href="(\/en)?\/campaigns\/private-messages#sign"/, path);
		assert.doesNotMatch(r.text, /下書き/);
	}
	const dir = mkdtempSync(join(tmpdir(), "kairan-campaign-"));
	writeFileSync(join(dir, "with-campaign.ja.md"), "---\ntitle: 署名欄の記事\nstatus: published\nlang: ja\nslug: with-campaign\n---\n\n前の段落。\n\n{{campaign private-messages}}\n\n本文の中の {{campaign x}} は、そのまま。\n\n{{campaign nothing-here}}\n");
	c.site.run("import", "markdown", dir);
	rmSync(dir, { recursive: true });
	await waitFor(async () => (await c.get("/articles/with-campaign")).status === 200);
	const r = await c.get("/articles/with-campaign");
	assert.match(r.text, /<aside class="cam-card"[\s\S]*私たちのメッセージを[\s\S]*<\/aside>/);
	assert.doesNotMatch(r.text, /\{\{campaign (private|nothing)|data-campaign/);
	assert.match(r.text, /本文の中の \{\{campaign x\}\} は/, "not alone in its paragraph");
	assert.doesNotMatch((await c.get("/search?q=署名欄の記事")).text, /\{\{campaign private/);
	const etag = (await c.get(PETITION)).headers.get("etag");
	assert.equal((await c.get(PETITION, { "if-none-match": etag })).status, 304);
});
async function waitFor(what) {
	for (let i = 0; i < 100; i++) {
		if (await what()) return;
		await new Promise((done) => setTimeout(done, 50));
	}
	assert.fail("it did not come to that");
}

test("signed without a script: a question, a mail, a look, a click; withdrawn again", async () => {
	const first = await c.post(PETITION + "/sign", { f_name: "山田花子", mail: "ｈａｎａ＠ｅｘａｍｐｌｅ．ｊｐ", f_prefecture: "13", f_comment: "一行目\r\n二行目", c_public: "1", ...FINE });
	assert.equal(first.status, 422);
	assert.match(main(first), /あと一歩です/);
	const form = signForm(first.text);
	/* Nothing that was typed is lost. */
	assert.equal(form.f_name, "山田花子");
	assert.equal(form.mail, "hana@example.jp");
	assert.equal(form.f_prefecture, "13");
	assert.equal(form.f_comment, "一行目\n二行目");
	assert.equal(form.c_public, "1");
	const wrong = await c.post(PETITION + "/sign", { ...form, answer: "99" });
	assert.match(main(wrong), /答えが違います/);
	const late = await c.post(PETITION + "/sign", { ...signForm(wrong.text), ticket: form.ticket, answer: answer(first.text) });
	assert.match(main(late), /期限が切れました/);
	const sent = await c.post(PETITION + "/sign", { ...signForm(late.text), answer: answer(late.text) });
	assert.equal(sent.status, 200, main(sent));
	assert.match(main(sent), /hana@example\.jp にメールをお送りしました/);
	assert.equal(sent.headers.get("cache-control"), "no-store");

	const m = await c.mailTo("hana@example.jp");
	assert.equal(m.subject, "署名の確認をお願いします：私たちのメッセージを、端末の中で検査させないでください");
	assert.equal(m.from, "ヘルプセンター <letters@example.org>");
	assert.equal(m.headers["content-language"][0], "ja");
	assert.match(m.text, /に、このアドレスで署名の申し込みがありました。\n/);
	assert.ok(m.link.length < 50, m.link);
	assert.doesNotMatch(m.text, /山田/);
	/* Nothing readable rests here: neither name nor address, nor the token. */
	for (const secret of ["山田花子", "hana@example.jp", "二行目", m.link.split("/").at(-1)]) assert.deepEqual(holds(secret), [], secret);

	/* The link is short; the long way, by the campaign's name, is the same. */
	assert.equal((await c.get(m.link.replace("/c/1/", PETITION + "/confirm/"))).status, 200);
	/* Mail scanners open links: that signs nothing. */
	for (let i = 0; i < 3; i++) {
		const look = await c.get(m.link);
		assert.equal(look.status, 200);
		for (const text of ["山田花子", "hana@example.jp", "東京都", "一行目\n二行目", "規約に同意する"]) assert.ok(look.text.includes(text), text);
		assert.equal(look.headers.get("cache-control"), "no-store");
	}
	assert.equal(await count(), 0);
	const thanks = await c.post(m.link, { do: "sign" });
	assert.equal(thanks.status, 200, main(thanks));
	assert.match(main(thanks), /署名が完了し、集計に加わりました/);
	const receiptText = decodeURIComponent(thanks.text.match(/href="data:application\/json,([^"]*)"/)[1]);
	const receipt = JSON.parse(receiptText), head = (await c.get(PETITION + "/log/checkpoint")).text;
	assert.equal(receipt.index, 0);
	/* The organiser opens it; who has only the site cannot. */
	const [row] = JSON.parse(await cli("campaign", "export", "private-messages", "--key", c.keys.file, "--format", "json"));
	for (const text of ["山田花子", "hana@example.jp", "二行目"]) assert.ok(JSON.stringify(row).includes(text), text);
	const stranger = organiser();
	await assert.rejects(cli("campaign", "export", "private-messages", "--key", stranger.file));
	stranger.remove();
	writeFileSync(join(c.keys.dir, "receipt.json"), receiptText);
	writeFileSync(join(c.keys.dir, "head"), head);
	const proof = ["campaign", "verify", c.server.url + PETITION, "--receipt", join(c.keys.dir, "receipt.json")];
	await cli(...proof);
	await counted(1);
	for (const path of ["/campaigns", "/", "/articles/with-campaign"]) await waitFor(async () => (await c.get(path)).text.includes("<strong>1</strong> 筆"));
	assert.equal((await c.get(m.link)).status, 404);
	assert.match(main(await c.get(m.link)), /このリンクは使えません/);
	assert.equal((await c.post(m.link, { do: "sign" })).status, 404);
	/* What was given to be shown, is; the rest nowhere. */
	const names = await c.get(PETITION + "/names");
	assert.match(names.text, /山田花子<\/strong> <span class="meta">東京都[\s\S]*一行目\n二行目/);
	assert.deepEqual(holds("hana@example.jp"), []);

	/* The same person again, written otherwise. */
	const again = await sign("hana+again@example.jp", FINE);
	const twice = await c.post(again.link, { do: "sign" });
	assert.match(main(twice), /すでに署名されています/);
	await counted(1);

	const asked = await c.post(PETITION + "/yours", { mail: "hana@example.jp" }), other = await c.post(PETITION + "/yours", { mail: "nobody@example.jp" });
	assert.equal(asked.status, 200);
	assert.equal(main(asked), main(other));
	const link = (await c.mailTo("hana@example.jp", 2)).link;
	assert.equal(c.mail.messages.filter((x) => x.to[0] === "nobody@example.jp").length, 0);
	const held = await c.get(link);
	assert.equal(held.status, 200, main(held));
	assert.match(main(held), /封をしたデータ \d+ バイト[\s\S]*0番[\s\S]*山田花子/);
	assert.equal((await c.get(link.slice(0, -3) + "AAA")).status, 404);
	const gone = await c.post(link, {});
	assert.match(main(gone), /撤回しました[\s\S]*<strong>0<\/strong>/);
	await counted(0);
	assert.equal((await c.get(link)).status, 404);
	assert.doesNotMatch((await c.get(PETITION + "/names")).text, /山田花子/);
	const checkpoint = (await c.get(PETITION + "/log/checkpoint")).text;
	assert.match(checkpoint, /^kairan\/campaign\/[0-9a-f]{32}\n2\n\S+\ncount 0\n/);
	/* The log, from what was seen before to what it says now, proves that one came and one went. */
	assert.match(await cli(...proof, "--since", join(c.keys.dir, "head")), /withdrawn/);
	assert.deepEqual(JSON.parse(await cli("campaign", "export", "private-messages", "--key", c.keys.file, "--format", "json")), []);
	assert.equal((await c.get(PETITION + "/log/leaves?from=0")).text.trim().split("\n").length, 2);
	assert.equal((await c.get(PETITION + "/log/consistency?from=1&to=2")).status, 200);
	assert.equal((await c.get(PETITION + "/log/proof?leaf=0&size=2")).status, 200);
	assert.equal((await c.get(PETITION + "/log/proof?leaf=9&size=2")).status, 400);
	assert.equal((await c.get(PETITION + "/log/nothing")).status, 404);
});

test("signed with the script's work, in English; discarded by another", async () => {
	const r = await c.post("/en" + PETITION + "/sign", { f_name: "Jo O'Neil <b>", mail: "jo@example.com", ...FINE, ...(await work(c, "private-messages")) });
	assert.equal(r.status, 200, main(r));
	const m = await c.mailTo("jo@example.com");
	assert.equal(m.subject, "Please confirm your signature: Do not have our messages searched on our own devices");
	assert.match(m.text, /With this address somebody asked to sign “Do not have/);
	assert.match(m.link, /^\/en\/c\/1\//);
	assert.match(main(await c.get(m.link)), /Jo O&#39;Neil &lt;b&gt;/);
	assert.match(main(await c.post(m.link, { do: "sign" })), /Your signature is counted/);
	await counted(1);
	const other = await sign("taro@example.com", FINE);
	assert.match(main(await c.post(other.link, { do: "discard" })), /破棄しました/);
	assert.equal((await c.get(other.link)).status, 404);
	assert.equal(await count(), 1);
	/* A link that is discarded twice, or was never there, says the same. */
	assert.match(main(await c.post(other.link, { do: "discard" })), /破棄しました/);
});

test("each fault stands beside its field, and nothing is sent", async () => {
	const before = c.mail.messages.length;
	const r = await c.post(PETITION + "/sign", { f_name: " 　", mail: "hana@", f_prefecture: "99", f_comment: "x".repeat(5000), ...(await work(c, "private-messages")) });
	assert.equal(r.status, 422);
	for (const [id, text] of [["f_name", "記入してください"], ["mail", "メールアドレスの形ではありません"], ["f_prefecture", "この中から選んでください"], ["f_comment", "長すぎます"], ["c_terms", "同意がないと署名できません"], ["age", "この年齢に満たない方"]])
		assert.match(r.text, new RegExp(`id="${id}-wrong">${text}`), id);
	for (const id of ["f_name", "mail", "f_prefecture", "f_comment"]) assert.match(r.text, new RegExp(`id="${id}"[^>]* aria-invalid="true"[^>]*aria-describedby="[^"]*${id}-wrong"`));
	for (const [address, why] of [["a@mailinator.com", "使い捨て"], ["a@x.spam.example", "このドメインのアドレスでは署名できません"]]) {
		const refused = await c.post(PETITION + "/sign", { f_name: "花", mail: address, ...FINE, ...(await work(c, "private-messages")) });
		assert.equal(refused.status, 422);
		assert.match(refused.text, new RegExp(why));
	}
	/* A text that changed meanwhile is asked anew. */
	assert.match((await c.post(PETITION + "/sign", { f_name: "花", mail: "a@example.jp", age: "1", c_terms: "7" })).text, /この文言は変更されました/);
	/* A machine that fills in all is thanked. */
	assert.equal((await c.post(PETITION + "/sign", { f_name: "bot", mail: "bot@example.jp", website: "http://spam.example", ...FINE, ...(await work(c, "private-messages")) })).status, 200);
	/* Work counts once. */
	const once = await work(c, "private-messages");
	assert.equal((await c.post(PETITION + "/sign", { f_name: "花", mail: "once@example.jp", ...FINE, ...once })).status, 200);
	assert.match((await c.post(PETITION + "/sign", { f_name: "花", mail: "once@example.jp", ...FINE, ...once })).text, /あと一歩です/);
	await c.mailTo("once@example.jp");
	assert.equal(c.mail.messages.length, before + 1);
	/* From another site's page nothing is taken. */
	assert.equal((await c.post(PETITION + "/sign", { mail: "x@example.jp" }, { "sec-fetch-site": "cross-site" })).status, 403);
	assert.equal((await c.post("/campaigns/kaigi/sign", { mail: "x@example.jp" })).status, 409);
});

test("nobody's mailbox is filled, and one network cannot be everybody", async () => {
	for (let i = 0; i < 7; i++) assert.equal((await c.post(PETITION + "/sign", { f_name: "花", mail: "full@example.jp", ...FINE, ...(await work(c, "private-messages")) })).status, 200);
	await new Promise((done) => setTimeout(done, 1500));
	assert.equal(c.mail.messages.filter((x) => x.to[0] === "full@example.jp").length, 5);
});

test("a link never leads where the sender of the form says", async () => {
	const http = await import("node:http");
	const body = new URLSearchParams({ f_name: "花", mail: "victim@example.jp", ...FINE, ...(await work(c, "private-messages")) }).toString();
	const status = await new Promise((done) => {
		const r = http.request(c.server.url + PETITION + "/sign", { method: "POST", headers: { host: "evil.example", "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(body) } }, (res) => { res.resume(); done(res.statusCode); });
		r.end(body);
	});
	assert.equal(status, 503);
	assert.equal(c.mail.messages.filter((x) => x.to[0] === "victim@example.jp").length, 0);
});

test("a letter: edited, shown whole, and kept with the signature", async () => {
	const page = await c.get(LETTER), form = signForm(page.text);
	assert.match(page.text, /enctype="multipart\/form-data"/);
	assert.match(page.text, /autocomplete="family-name"[\s\S]*autocomplete="given-name"/);
	const [id] = Object.keys(form).filter((k) => k.startsWith("text_")).map((k) => k.slice(5));
	assert.match(form["text_" + id], /監視カメラについて/);
	const body = (fields) => { const f = new FormData(); for (const [k, v] of Object.entries(fields)) f.append(k, v); return f; };
	const empty = await c.post(LETTER + "/sign", body({ ...form, f_family: "山田", f_given: "花子", f_town: "見本市", mail: "letter@example.jp", ["text_" + id]: " " }));
	assert.match(empty.text, /手紙には件名と本文が必要です/);
	const r = await c.post(LETTER + "/sign", body({ ...form, f_family: "山田", f_given: "花子", f_town: "見本市", mail: "letter@example.jp", ["subject_" + id]: "カメラのこと", ["text_" + id]: "駅前のカメラが心配です。\r\n\r\nよろしくお願いします。", ...(await work(c, "camera-rules")) }));
	assert.equal(r.status, 200, main(r));
	const m = await c.mailTo("letter@example.jp");
	assert.match(m.subject, /^確認をお願いします：街の監視カメラに、市の条例を$/);
	const look = await c.get(m.link);
	assert.match(look.text, /宛先：見本 花子[\s\S]*カメラのこと[\s\S]*見本 花子[\s\S]*駅前のカメラが心配です。\n\nよろしくお願いします。[\s\S]*山田/);
	assert.match(main(await c.post(m.link, { do: "sign" })), /署名が完了/);
	await counted(1, LETTER);
	assert.deepEqual(holds("駅前のカメラ"), []);
});

test("what comes in an unusual lot is held until somebody has looked", async () => {
	for (let i = 0; i < 31; i++) {
		const mail = `m${i}@firm.example`, m = await sign(mail, { f_name: `社員${i}` }, "kaisha");
		const thanks = main(await c.post(m.link, { do: "sign" }));
		if (i < 30) assert.match(thanks, /集計に加わりました/);
		else assert.match(thanks, /数える前に担当者が確認します/);
		if (i === 30) assert.doesNotMatch(thanks, /受領証を保存する/);
	}
	await counted(30, "/campaigns/kaisha");
	assert.equal((await c.post("/campaigns/kaisha/yours", { mail: "m30@firm.example" })).status, 200);
	assert.match(main(await c.get((await c.mailTo("m30@firm.example", 2)).link)), /確認待ち/);
});

test("a network that sends very many forms waits, and no other does; another header is not believed", async () => {
	const send = (header) => c.post("/campaigns/kaisha/sign", { mail: "x" }, header);
	for (let i = 0; i < 400; i++) assert.equal((await send({ "x-forwarded-for": `198.51.100.9, 203.0.113.${i % 250}` })).status, 422);
	const refused = await send({ "x-forwarded-for": "203.0.113.77" });
	assert.equal(refused.status, 429);
	assert.match(refused.text, /お使いのネットワークから非常に多くの/);
	assert.equal((await send({ "x-forwarded-for": "198.51.100.9" })).status, 422);
	assert.equal((await send({ "x-real-ip": "203.0.113.77" })).status, 422);
	assert.ok(JSON.parse((await c.get("/campaigns/kaisha/work", { "x-forwarded-for": "203.0.113.1" })).text).bits > JSON.parse((await c.get("/campaigns/kaisha/work", { "x-forwarded-for": "198.51.100.1" })).text).bits);
});

test("the sitemap has those that are listed, in the languages that they have", async () => {
	const map = (await c.get("/sitemap.xml")).text;
	for (const path of ["/campaigns/private-messages", "/en/campaigns/private-messages", "/campaigns/kaisha"]) assert.ok(map.includes(`${path}</loc>`), path);
	assert.doesNotMatch(map, /\/en\/campaigns\/kaisha|campaigns\/draft/);
});

test("framed by the campaign's hosts and by no other; forms open a page of their own", async () => {
	const r = await c.get(PETITION + "/embed");
	assert.equal(r.status, 200);
	assert.match(r.headers.get("content-security-policy"), /frame-ancestors friends\.example \*\.news\.example$/);
	assert.match(r.text, /<form class="cam-form"[^>]* target="_blank"/);
	assert.match((await c.get(PETITION)).headers.get("content-security-policy"), /frame-ancestors 'none'$/);
	assert.equal((await c.get(LETTER + "/embed")).status, 404);
});

test("a file that cannot be a campaign is refused whole, and says where", () => {
	const bad = (campaign, why) => assert.throws(() => c.bring(campaign), (e) => why.test(e.stderr));
	bad({ slug: "bad", kind: "party", texts: { ja: { title: "x" } } }, /kind: this word is not known/);
	bad({ slug: "bad", goal: "many", texts: { ja: { title: "x" } } }, /goal: a number is wanted/);
	bad({ slug: "bad", starts_at: "soon", texts: { ja: { title: "x" } } }, /starts_at: a time/);
	bad({ slug: "bad", texts: { ja: { title: "" } } }, /title/i);
	bad({ slug: "bad", fields: "all", texts: { ja: { title: "x" } } }, /fields: a list is wanted/);
	bad({ slug: "bad", organiser_url: "javascript:alert(1)", texts: { ja: { title: "x" } } }, /undone/);
	bad([], /JSON object/);
	/* Brought in again, it is changed and not doubled. */
	const before = JSON.parse(c.site.run("campaign", "list", "--json")).length;
	c.bring({ slug: "kaisha", kind: "petition", state: "open", organiser: "会", texts: { ja: { title: "会社（改）", body: "本文" } } });
	assert.equal(JSON.parse(c.site.run("campaign", "list", "--json")).length, before);
});

test("the feed has its news; nothing of a person was said by the server", async () => {
	const feed = (await c.get(PETITION + "/feed.atom")).text;
	assert.match(feed, /<title>署名を始めました<\/title>/);
	assert.doesNotMatch(feed, /We have begun/);
	assert.doesNotMatch(c.server.said(), /example\.jp|example\.com|花|error/i);
});

/* Whose mailbox: MAIL_USER, who must exist (as in mail.test.mjs). */
const mta = ["/usr/sbin/postfix", "/usr/sbin/smtpd"].find((path) => existsSync(path)), user = process.env.MAIL_USER;
const why = !mta ? "neither postfix nor opensmtpd is installed here" : user ? false : "MAIL_USER does not name anybody with a local mailbox";
test("through the mail server of this machine: the link arrives, and signs", { skip: why }, async () => {
	const real = await campaignSite({ articles: false });
	try {
		writeFileSync(join(real.site.dir, "kairan.conf"), "mail_from letters@localhost\nmail_smtp smtp://127.0.0.1:25\n");
		real.bring(sample("messages"));
		await real.serve();
		const box = `/var/mail/${user}`, folder = `/home/${user}/Maildir/new`;
		const all = () => (existsSync(box) ? readFileSync(box, "utf8") : "") + (existsSync(folder) ? readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8")).join("\n") : "");
		const before = all().length;
		const r = await real.post(PETITION + "/sign", { f_name: "山田花子", mail: `${user}@localhost`, ...(await work(real, "private-messages")) });
		assert.equal(r.status, 200);
		await waitFor(() => all().length > before);
		const text = all().slice(before).replace(/\r?\n/g, "\r\n"), body = text.slice(text.indexOf("\r\n\r\n")).replace(/\s+/g, "");
		const link = Buffer.from(body, "base64").toString("utf8").match(/http:\/\/127\.0\.0\.1:\d+(\/c\/\S+)/)[1];
		assert.match((await real.post(link, { do: "sign" })).text, /集計に加わりました/);
	} finally {
		await real.stop();
	}
});
