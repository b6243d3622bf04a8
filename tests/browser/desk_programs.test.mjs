/* Tokens and webhooks at the desk, without script: made, used, ended; and axe on their pages, wide and narrow, light and dark,
 * in both languages. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { start, site } from "../lib/kairan.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const PASSWORD = "正しい馬と電池とホチキス";

let s, server, browser, receiver;
const got = [];
before(async () => {
	receiver = createServer((req, res) => {
		let body = "";
		req.on("data", (d) => { body += d; });
		req.on("end", () => { got.push({ headers: req.headers, body }); res.writeHead(204).end(); });
	});
	await new Promise((done) => receiver.listen(0, "127.0.0.1", done));
	s = site();
	appendFileSync(join(s.dir, "kairan.conf"), "\nfetch_allow 127.0.0.1\n");
	s.run("import", "markdown", "sample/articles");
	server = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
	browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: flags });
});
after(async () => {
	await browser?.close();
	await server?.stop();
	receiver?.close();
	s?.remove();
});

async function enter(context, login, role) {
	const page = await context.newPage(), link = s.run("user", "add", "--role", role, login).trim();
	await page.goto(server.url + link);
	await page.fill("#password", PASSWORD);
	await page.fill("#again", PASSWORD);
	await page.click("main button");
	await page.waitForURL("**/desk/sign-in");
	await page.fill("#login", login);
	await page.fill("#password", PASSWORD);
	await page.click("main button[type=submit]");
	await page.waitForURL("**/desk");
	return page;
}

async function violations(page) {
	await page.evaluate(axe);
	const found = await page.evaluate((runOnly) => window.axe.run(document, { runOnly }), tags);
	const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
	return [...found.violations.map((v) => `${page.url()}: ${v.id}: ${v.nodes[0].html}`), ...(wide ? [`${page.url()}: wider than the window`] : [])];
}

const me = async (token) => fetch(server.url + "/api/v1/desk/me", { headers: { authorization: `Bearer ${token}` } });

test("a token is made, shown once, works, and ends", async () => {
	const context = await browser.newContext({ locale: "en-GB", javaScriptEnabled: false });
	const page = await enter(context, "hana", "author");
	await page.goto(server.url + "/desk/account");
	await page.click("text=Tokens for programs");
	assert.deepEqual(await page.locator("input[name=scope]").evaluateAll((boxes) => boxes.map((b) => b.value)), ["articles:read", "articles:write", "media", "structure", "search", "sources"]);
	for (const box of await page.locator("input[name=scope]").all()) await box.uncheck();
	await page.fill("#name", "Import script");
	await page.click("text=Make the token");
	assert.match(await page.textContent("[role=alert]"), /something that it may do/);
	assert.equal(await page.inputValue("#name"), "Import script");
	await page.check("input[value='articles:read']");
	await page.check("input[value='articles:write']");
	await page.selectOption("#days", "30");
	await page.click("text=Make the token");
	const token = await page.textContent(".secret");
	const r = await (await me(token)).json();
	assert.deepEqual([r.login, r.token.name, r.token.scopes.join(" ")], ["hana", "Import script", "articles:read articles:write"]);
	assert.ok(Math.abs(Date.parse(r.token.expires) - Date.now() - 30 * 86400_000) < 60_000);
	await page.goto(server.url + "/desk/account/tokens");
	assert.doesNotMatch(await page.content(), /kairan_[\w-]{30}/);
	assert.match(await page.textContent("main .rows li"), /Import script[^]*articles:write[^]*last used/);
	await page.click("main .rows button");
	assert.match(await page.textContent("main"), /You have no token/);
	assert.equal((await me(token)).status, 401);
	assert.equal((await page.goto(server.url + "/desk/webhooks")).status(), 403);
	await context.close();
});

test("nobody ends another's token, and no form counts without its own page", async () => {
	const secret = s.run("token", "add", "hana", "mine").trim(), [{ id }] = JSON.parse(s.run("token", "list", "--json", "hana"));
	const context = await browser.newContext({ locale: "en-GB", javaScriptEnabled: false });
	const page = await enter(context, "ken", "editor");
	await page.goto(server.url + "/desk/account/tokens");
	const csrf = await page.inputValue("form.fields input[name=csrf]");
	const send = (form) => page.request.post(server.url + "/desk/account/tokens", { form, maxRedirects: 0 });
	assert.equal((await send({ csrf, end: String(id) })).status(), 404);
	assert.equal((await send({ csrf: "0".repeat(64), name: "x", scope: "people", days: "30" })).status(), 403);
	assert.equal((await send({ csrf, name: "x", scope: "people", days: "x" })).status(), 400);
	assert.equal((await me(secret)).status, 200);
	await context.close();
});

test("a webhook is added, tested, switched off and on, and deleted", async () => {
	const context = await browser.newContext({ locale: "en-GB", javaScriptEnabled: false });
	const page = await enter(context, "owner", "owner");
	await page.click("header >> text=Webhooks");
	await page.fill("#url", `http://127.0.0.1:${receiver.address().port}/`);
	await page.click("text=Add the webhook");
	const secret = await page.textContent(".secret");
	await page.goto(server.url + "/desk/webhooks");
	await page.click("main .rows a");
	assert.doesNotMatch(await page.content(), /whsec_/);
	await page.click("text=Send a test");
	for (const until = Date.now() + 5000; !/arrived/.test(await page.textContent("main")); await page.reload()) assert.ok(Date.now() < until);
	const [m] = got;
	assert.equal(m.headers["webhook-signature"], "v1," + createHmac("sha256", Buffer.from(secret.slice(6), "base64"))
		.update(`${m.headers["webhook-id"]}.${m.headers["webhook-timestamp"]}.${m.body}`).digest("base64"));
	await page.click("text=Switch off");
	assert.match(await page.textContent("main"), /It is told nothing since/);
	await page.click("text=Switch on");
	assert.doesNotMatch(await page.textContent("main"), /It is told nothing since/);
	await page.click("text=Send again");
	for (const until = Date.now() + 5000; got.length < 2; await new Promise((done) => setTimeout(done, 50))) assert.ok(Date.now() < until);
	assert.equal(got[1].headers["webhook-id"], m.headers["webhook-id"]);
	await page.click("summary:has-text('New secret')");
	await page.click("text=Make a new secret");
	assert.notEqual(await page.textContent(".secret"), secret);
	for (const box of await page.locator("input[name=event]").all()) await box.uncheck();
	await page.click("main button[value=save]");
	assert.match(await page.textContent("[role=alert]"), /at least one event/);
	await page.click("summary:has-text('Delete')");
	await page.click("text=Delete the webhook for good");
	assert.match(await page.textContent("main"), /There is no webhook/);
	await page.goto(server.url + "/desk/log");
	for (const action of ["webhook.add", "webhook.test", "webhook.change", "webhook.again", "webhook.secret", "webhook.delete"]) assert.match(await page.textContent("main"), new RegExp(action));
	await context.close();
});

test("axe finds nothing, in both languages, light and dark, at 360 and 1280 pixels", async () => {
	const found = [];
	s.run("token", "add", "--scopes", "articles:read people settings", "owner", "長い名前のトークン".repeat(3));
	for (const [locale, colorScheme, width] of [["ja-JP", "light", 360], ["en-GB", "dark", 360], ["ja-JP", "dark", 1280], ["en-GB", "light", 1280]]) {
		const context = await browser.newContext({ locale, colorScheme, viewport: { width, height: 900 } });
		const page = await context.newPage();
		await page.goto(server.url + "/desk/sign-in");
		await page.fill("#login", "owner");
		await page.fill("#password", PASSWORD);
		await page.click("main button[type=submit]");
		await page.waitForURL("**/desk");
		const shoot = async (name) => { if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}-${locale}-${width}.png`, fullPage: true }); };
		await page.goto(server.url + "/desk/account/tokens");
		await page.fill("#name", "スクリプト");
		await page.click("form.fields button[type=submit]");
		found.push(...(await violations(page)));
		await shoot("tokens");
		await page.goto(server.url + "/desk/webhooks");
		await page.fill("#url", `http://127.0.0.1:${receiver.address().port}/とても長いアドレス/`.repeat(1) + "x".repeat(120));
		await page.click("form.fields button[type=submit]");
		found.push(...(await violations(page)));
		await page.click("main button[value=test]");
		await page.waitForTimeout(1200);
		await page.reload();
		await page.locator("details").evaluateAll((all) => all.forEach((d) => { d.open = true; }));
		found.push(...(await violations(page)));
		await shoot("webhook");
		await page.goto(server.url + "/desk/webhooks");
		found.push(...(await violations(page)));
		await shoot("webhooks");
		await page.goto(server.url + "/api/v1/docs");
		found.push(...(await violations(page)));
		await shoot("docs");
		await context.close();
	}
	assert.deepEqual(found, []);
});
