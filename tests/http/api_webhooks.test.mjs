/* Webhooks end to end: what changes on the site arrives at another server, signed, once each, and again after a failure. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { start, site } from "../lib/kairan.mjs";
import { Api } from "../lib/api.mjs";

const D = "/api/v1/desk";
let s, server, api, token, receiver, address;
const got = [];
let answer = () => 204;

before(async () => {
	receiver = createServer((req, res) => {
		let body = "";
		req.on("data", (d) => { body += d; });
		req.on("end", () => {
			got.push({ url: req.url, method: req.method, headers: req.headers, body, at: Date.now() });
			res.writeHead(answer(req), req.url === "/moved" ? { location: `${address}/elsewhere` } : {}).end("x".repeat(10000));
		});
	});
	await new Promise((done) => receiver.listen(0, "127.0.0.1", done));
	address = `http://127.0.0.1:${receiver.address().port}`;
	s = site();
	appendFileSync(join(s.dir, "kairan.conf"), "\nfetch_allow 127.0.0.1\n");
	s.run("user", "add", "--role", "owner", "hana");
	s.run("setting", "set", "base_url", "https://help.example.org");
	token = s.run("token", "add", "--scopes", "articles:read articles:write articles:publish webhooks", "hana", "t").trim();
	await serve();
});
after(async () => {
	await server?.stop();
	receiver?.close();
	s?.remove();
});
async function serve() {
	server = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
	api = await Api.open(server.url);
}

const call = (method, path, body, headers) => api.call(token, method, D + path, body, headers);
const hook = async (path, events = ["article.published", "article.changed", "article.withdrawn", "question.asked"]) => (await call("POST", "/webhooks", { url: address + path, events })).json;
async function arrives(path, n, ms = 5000) {
	const of = () => got.filter((m) => m.url === path);
	for (const until = Date.now() + ms; of().length < n; await sleep(20)) assert.ok(Date.now() < until, `${of().length} of ${n} arrived at ${path}`);
	return of();
}
const none = (path) => got.filter((m) => m.url === path).length;

/* By the text of the specification (standardwebhooks.com), not by our code. */
function verify(secret, m) {
	const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
	const want = createHmac("sha256", key).update(`${m.headers["webhook-id"]}.${m.headers["webhook-timestamp"]}.${m.body}`).digest("base64");
	assert.ok(m.headers["webhook-signature"].split(" ").includes(`v1,${want}`), "the signature is right");
	assert.ok(Math.abs(Number(m.headers["webhook-timestamp"]) * 1000 - m.at) < 5000);
	assert.match(m.headers["webhook-id"], /^msg_[\w-]{20,}$/);
}

test("what changes is told, as what it is, signed, once each", async () => {
	const { secret } = await hook("/all");
	const a = (await call("POST", "/articles", { title: "暗号", slug: "crypto", body: "一" })).json;
	await call("POST", `/articles/${a.id}/publish`);
	await arrives("/all", 1);
	await call("PATCH", `/articles/${a.id}`, { body: "二" }, { "if-match": "*" });
	await arrives("/all", 2);
	await call("PATCH", `/articles/${a.id}`, { status: "archived" }, { "if-match": "*" });
	await arrives("/all", 3);
	await call("PATCH", `/articles/${a.id}`, { body: "三" }, { "if-match": "*" });
	await fetch(server.url + "/questions", { method: "POST", body: new URLSearchParams({ text: "暗号とは", question: "暗号とは", q: "暗号とは" }) });
	const messages = await arrives("/all", 4);
	await sleep(1000);
	assert.equal(none("/all"), 4, "what nobody sees is told to nobody");
	for (const m of messages) {
		assert.deepEqual([m.method, m.headers["content-type"]], ["POST", "application/json"]);
		verify(secret, m);
	}
	const said = messages.map((m) => JSON.parse(m.body));
	assert.deepEqual(said.map((m) => m.type), ["article.published", "article.changed", "article.withdrawn", "question.asked"]);
	assert.deepEqual(said[0].data, { id: a.id, lang: "ja", slug: "crypto", title: "暗号", url: "https://help.example.org/articles/crypto" });
	assert.deepEqual(said[2].data, said[0].data);
	assert.deepEqual([said[3].data.text, said[3].data.times], ["暗号とは", 1]);
	assert.match(said[0].timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
	assert.equal(new Set(messages.map((m) => m.headers["webhook-id"])).size, 4);
});

test("each is told what it asked for, and nothing that was before", async () => {
	const { webhook } = await hook("/questions", ["question.asked"]);
	const a = (await call("POST", "/articles", { title: "別の記事", status: "published" })).json;
	assert.equal(a.status, "published");
	await arrives("/all", 5);
	assert.equal(none("/questions"), 0);
	await call("POST", `/webhooks/${webhook.id}/test`);
	const [m] = await arrives("/questions", 1);
	assert.equal(JSON.parse(m.body).type, "test");
	await call("DELETE", `/webhooks/${webhook.id}`);
});

test("what the shell changes is told too, and what changed while nothing was served", async () => {
	const a = (await call("POST", "/articles", { title: "殻" })).json, before = none("/all");
	s.run("article", "publish", String(a.id));
	await arrives("/all", before + 1);
	await server.stop();
	s.run("article", "archive", String(a.id));
	await serve();
	assert.equal(JSON.parse((await arrives("/all", before + 2)).at(-1).body).type, "article.withdrawn");
});

test("a failure is tried again under the same name; a redirect is none to follow", async () => {
	const { webhook, secret } = await hook("/moved", ["article.published"]);
	let tries = 0;
	answer = (req) => (req.url === "/moved" && tries++ === 0 ? 302 : 204);
	await call("POST", "/articles", { title: "再送", status: "published" });
	const [first, second] = await arrives("/moved", 2, 15000);
	assert.equal(none("/elsewhere"), 0);
	assert.equal(first.headers["webhook-id"], second.headers["webhook-id"]);
	assert.ok(second.at - first.at >= 4000, "not at once");
	verify(secret, second);
	const [d] = (await call("GET", `/webhooks/${webhook.id}/deliveries`)).json.items;
	assert.deepEqual([d.state, d.tries, d.status], ["done", 2, 204]);
	/* Gone is gone. */
	answer = (req) => (req.url === "/moved" ? 410 : 204);
	await call("POST", `/webhooks/${webhook.id}/deliveries/${d.id}/again`);
	await arrives("/moved", 3);
	for (const until = Date.now() + 5000; (await call("GET", `/webhooks/${webhook.id}`)).json.active; await sleep(50)) assert.ok(Date.now() < until);
	assert.ok((await call("GET", `/webhooks/${webhook.id}`)).json.failing_since);
	await call("PATCH", `/webhooks/${webhook.id}`, { active: true });
	answer = () => 204;
	await call("POST", `/webhooks/${webhook.id}/deliveries/${d.id}/again`);
	await arrives("/moved", 4);
	await sleep(300);
	assert.equal((await call("GET", `/webhooks/${webhook.id}`)).json.failing_since, null);
});

test("a server that does not answer holds up no end", async () => {
	const slow = createServer(() => {});
	await new Promise((done) => slow.listen(0, "127.0.0.1", done));
	const { webhook } = (await call("POST", "/webhooks", { url: `http://127.0.0.1:${slow.address().port}/`, events: ["article.published"] })).json;
	await call("POST", `/webhooks/${webhook.id}/test`);
	await sleep(500);
	const began = Date.now();
	await server.stop();
	assert.ok(Date.now() - began < 3000, `${Date.now() - began} ms`);
	slow.closeAllConnections();
	slow.close();
	await serve();
});
