/* A campaign as a person meets it: signed with and without scripts, seen by axe at both widths, in both languages and colour
 * schemes; nothing from another host, no cookie. SHOTS=DIR keeps pictures. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { campaignSite, work, answer } from "../lib/campaign.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const sample = (name) => JSON.parse(readFileSync(`sample/campaigns/${name}.json`));
const PETITION = "/campaigns/private-messages", LETTER = "/campaigns/camera-rules";
let c, browser, friend;

before(async () => {
	c = await campaignSite();
	friend = createServer((req, res) => { res.setHeader("content-type", "text/html"); res.end(`<!DOCTYPE html><html lang=en><title>x</title><iframe title=x width=600 height=900 src="${c.server.url}${req.url}"></iframe>`); });
	await new Promise((done) => friend.listen(0, "127.0.0.1", done));
	const petition = sample("messages");
	petition.embed_hosts = `127.0.0.1:${friend.address().port}`;
	petition.min_age = 15;
	petition.milestones[0].count = 5;
	petition.milestones[0].answered_at = "2026-11-22T00:00:00Z";
	petition.milestones[0].texts.ja.answer = "受け取りました。";
	c.bring(petition);
	c.bring(sample("cameras"));
	await c.serve();
	browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: flags });
	for (let i = 0; i < 21; i++) {
		const mail = `p${i}@supporters.example`;
		const r = await c.post(PETITION + "/sign", { f_name: `見本 ${i}`, mail, age: "1", f_prefecture: i < 11 ? "13" : "27", f_comment: i % 3 ? "" : "手紙は、届けたい人だけに届いてほしい。", c_public: "1", ...(await work(c, "private-messages")) });
		assert.equal(r.status, 200, r.text);
	}
	for (let i = 0; i < 21; i++) assert.equal((await c.post((await c.mailTo(`p${i}@supporters.example`)).link, { do: "sign" })).status, 200);
	await new Promise((done) => setTimeout(done, 1500));
});
after(async () => {
	await browser?.close();
	friend?.close();
	await c?.stop();
});

async function open(options, path) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
	const page = await context.newPage();
	page.strangers = [];
	page.said = [];
	page.on("request", (r) => { if (!/^data:/.test(r.url()) && !r.url().startsWith(c.server.url)) page.strangers.push(r.url()); });
	page.on("console", (m) => { if (/Content Security|Refused/.test(m.text())) page.said.push(m.text()); });
	await page.goto(c.server.url + path);
	return page;
}
async function leave(page) {
	assert.deepEqual(page.strangers, []);
	assert.deepEqual(page.said, []);
	assert.deepEqual(await page.context().cookies(), []);
	await page.context().close();
}
async function look(page, name) {
	await page.evaluate(axe);
	const found = await page.evaluate((runOnly) => window.axe.run(document, { runOnly }), tags);
	assert.deepEqual(found.violations.map((v) => `${name}: ${v.id}: ${v.nodes[0].html}`), []);
	const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
	assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
	if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true });
}

for (const width of [360, 1280]) {
	for (const [lang, colorScheme] of [["", "light"], ["/en", "dark"]]) {
		const how = `${width}${lang.replace("/", "-")}-${colorScheme}`;
		test(`axe finds nothing: ${how}`, async () => {
			const page = await open({ viewport: { width, height: 900 }, colorScheme }, "/healthz");
			for (const [name, path] of [["campaign", PETITION], ["letter", LETTER], ["list", "/campaigns"], ["portal", "/"], ["names", PETITION + "/names"], ["yours", PETITION + "/yours"], ["embed", PETITION + "/embed"]]) {
				await page.goto(c.server.url + lang + path);
				await look(page, `${name}-${how}`);
			}
			await leave(page);
		});
		test(`signed, seen and withdrawn: ${how}`, async () => {
			const mail = `b${how}@example.jp`.replace(/-/g, ""), page = await open({ viewport: { width, height: 900 }, colorScheme }, lang + PETITION);
			await page.fill("#f_name", "山田花子");
			await page.fill("#mail", mail);
			await page.check("[name=age]");
			await page.click("form.cam-form button");
			await page.waitForURL(/\/sign$/);
			/* The script has worked: no question. */
			assert.equal(await page.locator("#answer").count(), 0);
			await look(page, `sent-${how}`);
			const { link } = await c.mailTo(mail);
			await page.goto(c.server.url + link);
			await look(page, `confirm-${how}`);
			await page.click("button[value=sign]");
			await page.waitForSelector("#share");
			await look(page, `thanks-${how}`);
			const [receipt] = await Promise.all([page.waitForEvent("download"), page.click("a[download]")]);
			assert.equal(receipt.suggestedFilename(), "private-messages-receipt.json");
			assert.equal(JSON.parse(readFileSync(await receipt.path())).type, "kairan signature receipt v1");
			await page.goto(c.server.url + lang + PETITION + "/yours");
			await page.fill("#mail", mail);
			await page.click("form.cam-form button");
			await page.waitForLoadState();
			await page.goto(c.server.url + (await c.mailTo(mail, 2)).link);
			await look(page, `held-${how}`);
			await page.click(".cam-danger");
			await page.waitForSelector(".cam-progress");
			await look(page, `withdrawn-${how}`);
			await leave(page);
		});
	}
}

test("without scripts: the question, nothing lost, and signed", async () => {
	const page = await open({ javaScriptEnabled: false, reducedMotion: "reduce", viewport: { width: 360, height: 800 } }, PETITION);
	await page.fill("#f_name", "山田花子");
	await page.fill("#mail", "noscript@example.jp");
	await page.selectOption("#f_prefecture", "13");
	await page.check("[name=age]");
	await page.click("form.cam-form button");
	await page.fill("#answer", answer(await page.content()));
	assert.equal(await page.inputValue("#f_name"), "山田花子");
	assert.equal(await page.inputValue("#f_prefecture"), "13");
	if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/question-360.png`, fullPage: true });
	await page.click("form.cam-form button");
	assert.match(await page.textContent("h1"), /メールを確認してください/);
	await page.goto(c.server.url + (await c.mailTo("noscript@example.jp")).link);
	await page.click("button[value=sign]");
	assert.match(await page.textContent("h1"), /ありがとう/);
	await leave(page);
});

test("a letter is written, seen whole, and sent off", async () => {
	const page = await open({ viewport: { width: 360, height: 800 } }, LETTER);
	for (const [id, text] of [["f_family", "山田"], ["f_given", "花子"], ["f_town", "見本市"], ["mail", "letter@example.jp"]]) await page.fill("#" + id, text);
	await page.fill("[name^=text_]", "駅前のカメラが心配です。");
	await page.click("form.cam-form button");
	await page.waitForURL(/\/sign$/);
	await page.goto(c.server.url + (await c.mailTo("letter@example.jp")).link);
	await look(page, "letter-confirm-360");
	assert.match(await page.textContent("main"), /見本 花子[\s\S]*駅前のカメラが心配です。[\s\S]*山田/);
	await page.click("button[value=sign]");
	await page.waitForSelector("#share");
	await leave(page);
});

test("faults are told beside their fields, which are marked", async () => {
	const page = await open({ javaScriptEnabled: true, viewport: { width: 360, height: 800 } }, PETITION);
	await page.evaluate(() => document.querySelector("form.cam-form").setAttribute("novalidate", ""));
	await page.fill("#mail", "hana@");
	await page.click("form.cam-form button");
	await page.waitForURL(/\/sign$/);
	await look(page, "faults-360");
	assert.equal(await page.getAttribute("#mail", "aria-invalid"), "true");
	await leave(page);
});

test("in a frame of a host that is named, and in no other", async () => {
	const context = await browser.newContext();
	const page = await context.newPage();
	await page.goto(`http://127.0.0.1:${friend.address().port}${PETITION}/embed`);
	const frame = page.frames()[1];
	assert.match(await frame.textContent("h1"), /私たちのメッセージを/);
	await frame.fill("#f_name", "枠の中");
	await frame.fill("#mail", "frame@example.jp");
	await frame.check("[name=age]");
	const [popup] = await Promise.all([context.waitForEvent("page"), frame.click("form.cam-form button")]);
	await popup.waitForLoadState();
	assert.match(popup.url(), /\/sign$/);
	await page.goto(`http://localhost:${friend.address().port}${PETITION}/embed`);
	assert.ok(!/私たち/.test(await page.frames()[1].content().catch(() => "")));
	await context.close();
});
