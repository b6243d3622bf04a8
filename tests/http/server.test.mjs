/* The server itself, on the real program: framing, limits, negotiation, metrics, the end. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { start, site } from "../lib/kairan.mjs";

let server;
before(async () => { server = await start(["demo", "--listen", "127.0.0.1:0"]); });
after(async () => { await server.stop(); });

const page = "/articles/vpn";

/* Bytes as they are; all that comes back. */
function raw(bytes, to = server.url) {
	return new Promise((resolve, reject) => {
		const { hostname, port } = new URL(to);
		const socket = net.connect(port, hostname, () => socket.write(bytes, "latin1"));
		let out = "";
		socket.setEncoding("latin1");
		socket.on("data", (d) => { out += d; });
		socket.on("close", () => resolve(out));
		socket.on("error", (e) => (out ? resolve(out) : e.code === "ECONNRESET" || e.code === "EPIPE" ? resolve("") : reject(e)));
		setTimeout(() => socket.destroy(), 3000).unref();
	});
}

/* Status, headers in lower case, body, of an answer to a request that asks to be closed. */
async function ask(target, headers = {}, method = "GET", version = "1.1") {
	const lines = Object.entries({ Host: "x", Connection: "close", ...headers }).filter(([, v]) => v !== null).map(([k, v]) => `${k}: ${v}\r\n`).join("");
	const out = await raw(`${method} ${target} HTTP/${version}\r\n${lines}\r\n`);
	const end = out.indexOf("\r\n\r\n"), head = out.slice(0, end).split("\r\n");
	return { status: Number(head[0].split(" ")[1]), body: out.slice(end + 4),
		headers: Object.fromEntries(head.slice(1).map((l) => [l.slice(0, l.indexOf(":")).toLowerCase(), l.slice(l.indexOf(":") + 2)])) };
}

const request = (first, ...headers) => [first, ...headers, "Connection: close", "", ""].join("\r\n");
const status = (answer) => Number(answer.split(" ")[1] || 0);
const goesOn = async () => assert.equal((await ask("/healthz")).status, 200);

test("malformed and oversized requests get a status, and the server goes on", async () => {
	const many = (n, line) => Array.from({ length: n }, (_, i) => line(i));
	const cases = [
		["no protocol", "GET /\r\n\r\n", [0, 400]],
		["another protocol", request("GET / SPDY/3", "Host: x"), [0, 400, 505]],
		["HTTP/2 in clear", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [0, 400, 505]],
		["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", [0, 400]],
		["a line without an end", "A".repeat(100000), [0, 400, 414, 431, 501]],
		["a target of 64 KiB", request("GET /" + "a".repeat(65536) + " HTTP/1.1", "Host: x"), [414, 431]],
		["a target just too long", request("GET /" + "a".repeat(4096) + " HTTP/1.1", "Host: x"), [414]],
		["an overlong query", request("GET /search?q=" + "a".repeat(5000) + " HTTP/1.1", "Host: x"), [414]],
		["too many parameters", request("GET /search?" + many(65, (i) => `p${i}=1`).join("&") + " HTTP/1.1", "Host: x"), [400]],
		["thousands of empty parameters", request("GET /?" + "a&".repeat(2000) + " HTTP/1.1", "Host: x"), [0, 400, 413, 414, 431]],
		["a header of 64 KiB", request("GET / HTTP/1.1", "Host: x", "X: " + "a".repeat(65536)), [413, 431]],
		["ten thousand headers", request("GET / HTTP/1.1", "Host: x", ...many(10000, (i) => `X-${i}: 1`)), [413, 431]],
		["a header without a colon", request("GET / HTTP/1.1", "Host: x", "nonsense"), [400]],
		["no host", request("GET / HTTP/1.1"), [400]],
		["two hosts", request("GET / HTTP/1.1", "Host: x", "Host: y"), [400]],
		["a host that is none", request("GET / HTTP/1.1", "Host: x/y@<script>"), [400]],
		["NUL, escaped", request("GET /%00 HTTP/1.1", "Host: x"), [400]],
		["half an escape", request("GET /%e HTTP/1.1", "Host: x"), [400]],
		["no hexadecimal digits", request("GET /%zz HTTP/1.1", "Host: x"), [400]],
		["the folder above", request("GET /articles/../../etc/passwd HTTP/1.1", "Host: x"), [400]],
		["the folder above, escaped", request("GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1", "Host: x"), [400]],
		["the folder above in a file's address", request("GET /assets/x/..%2f..%2fkairan.conf HTTP/1.1", "Host: x"), [400, 404]],
		["UTF-8 that is none", request("GET /articles/%ff%fe%c0%af HTTP/1.1", "Host: x"), [404]],
		["UTF-8 that is none, as it is", request("GET /articles/\xff\xfe HTTP/1.1", "Host: x"), [400, 404]],
		["wild escapes in a query", request("GET /search?q=%zz%%%25%e3%81&&=&q HTTP/1.1", "Host: x"), [200]],
		["no path", request("GET nowhere HTTP/1.1", "Host: x"), [400]],
		["two lengths", request("POST / HTTP/1.1", "Host: x", "Content-Length: 3", "Content-Length: 4") + "abcd", [400]],
		["twice the same length", request("POST / HTTP/1.1", "Host: x", "Content-Length: 3", "Content-Length: 3") + "abc", [400]],
		["a length and chunks", request("POST / HTTP/1.1", "Host: x", "Content-Length: 3", "Transfer-Encoding: chunked") + "0\r\n\r\n", [400]],
		["a coding that is none", request("POST / HTTP/1.1", "Host: x", "Transfer-Encoding: xchunked") + "0\r\n\r\n", [400]],
		["chunked but not last", request("POST / HTTP/1.1", "Host: x", "Transfer-Encoding: chunked, identity") + "0\r\n\r\n", [400]],
		["two codings", request("POST / HTTP/1.1", "Host: x", "Transfer-Encoding: chunked", "Transfer-Encoding: identity") + "0\r\n\r\n", [400]],
		["a negative length", request("POST / HTTP/1.1", "Host: x", "Content-Length: -1"), [400]],
		["a length with a sign", request("POST / HTTP/1.1", "Host: x", "Content-Length: +3") + "abc", [400]],
		["a length of words", request("POST / HTTP/1.1", "Host: x", "Content-Length: three"), [400]],
		["a length beyond all", request("POST / HTTP/1.1", "Host: x", "Content-Length: 99999999999999999999999"), [400, 413]],
		["a body that is asked for first", request("GET / HTTP/1.1", "Host: x", "Expect: 100-continue", "Content-Length: 99999999"), [413]],
		["a method that nobody knows", request("BREW / HTTP/1.1", "Host: x"), [501]],
		["TRACE", request("TRACE / HTTP/1.1", "Host: x"), [501]],
		["CONNECT", request("CONNECT x:443 HTTP/1.1", "Host: x"), [400, 501]],
		["a body where none is taken", request("GET / HTTP/1.1", "Host: x", "Content-Length: 3") + "abc", [413]],
	];
	for (const [what, bytes, want] of cases) {
		const got = status(await raw(bytes));
		assert.ok(want.includes(got), `${what}: ${got}, not ${want}`);
		await goesOn();
	}
});

test("a request hidden in another's body is never answered", async () => {
	const hidden = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
	for (const head of [`Content-Length: ${hidden.length}\r\nTransfer-Encoding: chunked`, `Transfer-Encoding: chunked\r\nContent-Length: 0`,
		`Content-Length: 0\r\nContent-Length: ${hidden.length}`, "Transfer-Encoding : chunked", "Transfer-Encoding: \tchunked\r\nContent-Length: 0"]) {
		const out = await raw(`POST / HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n0\r\n\r\n${hidden}`);
		assert.equal(out.match(/HTTP\/1\.1 200/g), null, head);
		assert.ok((out.match(/HTTP\/1\.1 /g) || []).length <= 1, head);
	}
});

test("methods: 405 says what is allowed, OPTIONS too", async () => {
	for (const method of ["POST", "PUT", "DELETE"]) {
		const r = await ask(page, { "Content-Length": 0 }, method);
		assert.equal(r.status, 405);
		assert.equal(r.headers.allow, "GET, HEAD");
	}
	const options = await ask(page, {}, "OPTIONS");
	assert.equal(options.status, 204);
	assert.equal(options.headers.allow, "GET, HEAD");
});

test("a body for an address that takes none is read past, and the server goes on", async () => {
	for (const [method, path, status] of [["POST", "/", 405], ["PATCH", page, 405], ["PUT", "/api/v1/nothing", 405], ["BREW", "/", 501]]) {
		const r = await fetch(server.url + path, { method, body: "{}" });
		assert.equal(r.status, status, `${method} ${path}`);
		await r.text();
	}
	assert.equal((await fetch(server.url + page)).status, 200);
});

test("HEAD says what GET says, without the body", async () => {
	for (const target of ["/", page, "/nowhere", "/articles/vpn/", "/feed.atom", "/healthz", "/search?q=VPN"]) {
		const get = await ask(target), head = await ask(target, {}, "HEAD");
		assert.equal(head.status, get.status, target);
		assert.equal(head.body, "", target);
		delete get.headers.date;
		delete head.headers.date;
		assert.deepEqual(head.headers, get.headers, target);
	}
});

test("HTTP/1.0 is answered and closed; an absolute address is one", async () => {
	const old = await ask(page, { Host: null, Connection: null }, "GET", "1.0");
	assert.equal(old.status, 200);
	assert.match(old.body, /<\/html>\s*$/);
	assert.equal((await ask("http://x" + page)).status, 200);
	assert.equal((await ask("http://x" + page)).headers.etag, (await ask(page)).headers.etag);
	assert.equal((await ask("https://evil.example/%2e%2e/")).status, 400);
});

test("pipelined requests are answered in their order", async () => {
	const line = (target, more = "") => `GET ${target} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
	const targets = [page, "/nowhere", "/healthz", page, "/search?q=VPN", "/"];
	const out = await raw(targets.map((t) => line(t)).join("") + line("/healthz", "Connection: close\r\n"));
	assert.deepEqual(out.match(/HTTP\/1\.1 \d+/g).map((s) => Number(s.slice(9))), [200, 404, 200, 200, 200, 200, 200]);
});

test("If-None-Match: lists, weak and strong, a star", async () => {
	const { etag } = (await ask(page)).headers;
	assert.match(etag, /^W\/"[0-9a-f]+"$/);
	for (const [value, want] of [[etag, 304], [etag.slice(2), 304], [`"a", ${etag}`, 304], [`"a,b" , W/"c",${etag}, "d"`, 304], ["*", 304],
		[`"a"`, 200], [etag.slice(3, -1), 200], [`"${etag.slice(3, -2)}"`, 200], ["", 200], [",,,", 200], ['"', 200]]) {
		const r = await ask(page, { "If-None-Match": value });
		assert.equal(r.status, want, value);
		assert.equal(r.headers.etag, etag);
		if (want === 304) assert.equal(r.body, "");
	}
});

test("Accept-Encoding is weighed", async () => {
	for (const [value, want] of [[null, undefined], ["", undefined], ["gzip", "gzip"], ["br", "br"], ["gzip, br", "br"], ["GZIP", "gzip"],
		["gzip;q=1.0, br;q=0.5", "gzip"], ["br;q=0, gzip", "gzip"], ["br;q=0.000,gzip;q=0", undefined], ["*", "br"], ["*;q=0", undefined],
		["*;q=0, gzip", "gzip"], ["gzip;q=0, *", "br"], ["identity", undefined], ["identity;q=0", undefined], ["identity;q=0, gzip;q=0.1", "gzip"],
		["identity;q=1, gzip;q=0.5", undefined], ["deflate, zstd", undefined], ["gzip;q=nonsense", undefined], [";;;,,,q=", undefined]]) {
		const r = await ask(page, { "Accept-Encoding": value });
		assert.equal(r.status, 200);
		assert.equal(r.headers["content-encoding"], want, String(value));
		assert.equal(r.headers.vary, "Accept-Encoding");
		assert.equal(Number(r.headers["content-length"]), r.body.length);
	}
});

test("a part that is asked for is answered whole", async () => {
	const r = await ask(page, { Range: "bytes=0-9" });
	assert.equal(r.status, 200);
	assert.match(r.body, /<\/html>/);
});

test("every way to write an address is one page in the cache, and two addresses never are", async () => {
	const one = await ask("/search?q=VPN&x=1"), two = await ask("/search?q=%56PN&x=1");
	assert.equal(one.headers.etag, two.headers.etag);
	assert.equal((await ask("/search%3Fq=VPN")).status, 404);
	assert.equal((await ask(page + "%3Fa")).status, 404);
	assert.equal((await ask(page)).status, 200);
	assert.equal((await ask("/search?q=a%26x=1")).status, 200);
});

test("no page sets a cookie, whatever is sent", async () => {
	for (const target of ["/", page, "/search?q=VPN", "/nowhere", "/articles/vpn/", "/%zz", "/feed.atom", "/api/v1/articles"]) {
		const r = await ask(target, { Cookie: "a=1; session=x" });
		assert.equal(r.headers["set-cookie"], undefined, target);
		assert.match(r.headers["content-security-policy"], /default-src 'none'.*frame-ancestors 'none'/);
		for (const name of ["referrer-policy", "x-content-type-options", "permissions-policy", "cross-origin-opener-policy"])
			assert.ok(r.headers[name], `${target} lacks ${name}`);
	}
});

async function freePort() {
	const listener = net.createServer().listen(0, "127.0.0.1");
	await once(listener, "listening");
	const { port } = listener.address();
	listener.close();
	return port;
}

test("metrics: on their own address alone, as Prometheus reads them, with nothing of a reader", async () => {
	const s = site(), port = await freePort();
	writeFileSync(join(s.dir, "kairan.conf"), `metrics 127.0.0.1:${port}\n`);
	const running = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
	try {
		for (let i = 0; i < 3; i++) await (await fetch(running.url + "/?secret-word=" + (i > 1))).text();
		await fetch(running.url + "/%zz");
		assert.equal((await fetch(running.url + "/metrics")).status, 404);
		const r = await fetch(`http://127.0.0.1:${port}/metrics`), text = await r.text();
		assert.match(r.headers.get("content-type"), /^text\/plain; version=0\.0\.4/);
		for (const line of text.trim().split("\n")) assert.match(line, /^(# (HELP|TYPE) kairan_\w+ .+|kairan_\w+(\{le="[^"]+"\})? [\d.e+-]+)$/);
		const value = (name) => Number(text.match(new RegExp(`^kairan_${name} ([\\d.]+)$`, "m"))[1]);
		assert.equal(value("requests_total"), 5);
		assert.equal(value("cache_hits_total"), 1);
		assert.equal(value("rejected_total"), 1);
		assert.equal(value("answer_seconds_count"), 4);
		assert.equal(value('answer_seconds_bucket\\{le="\\+Inf"\\}'), 4);
		assert.ok(value("resident_memory_bytes") > 1e6);
		assert.ok(value("connections") >= 0 && value("uptime_seconds") >= 0 && value("answer_seconds_sum") > 0);
		assert.doesNotMatch(text, /secret-word|127\.0\.0\.1/);
	} finally {
		await running.stop();
		s.remove();
	}
});

test("SIGTERM: what runs ends, the idle are let go, status 0, soon", async () => {
	const running = await start(["demo", "--listen", "127.0.0.1:0"]);
	const { hostname, port } = new URL(running.url);
	const idle = net.connect(port, hostname), busy = net.connect(port, hostname);
	idle.write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
	await once(idle, "data");
	/* Half a request when the end is told; the rest comes after. */
	let out = "";
	busy.on("data", (d) => { out += d; });
	busy.write(`GET ${page} HTTP/1.1\r\nHost: x\r\n`);
	await sleep(100);
	running.child.removeAllListeners("exit");
	const ended = once(running.child, "exit"), closed = once(idle, "close"), began = Date.now();
	running.child.kill("SIGTERM");
	await closed;
	await sleep(100);
	await assert.rejects(async () => { await fetch(running.url + "/healthz"); });
	const answered = once(busy, "close");
	busy.write("\r\n");
	await answered;
	const [code, signal] = await ended;
	assert.equal(code, 0);
	assert.equal(signal, null);
	assert.match(out, /^HTTP\/1\.1 200/);
	assert.match(out, /<\/html>/);
	assert.ok(Date.now() - began < 5000);
});

test("SIGTERM: a client that never ends does not hold the end up for ever", async () => {
	const s = site();
	writeFileSync(join(s.dir, "kairan.conf"), "timeout 1\n");
	const running = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
	const { hostname, port } = new URL(running.url);
	const socket = net.connect(port, hostname);
	socket.on("error", () => {});
	socket.write("GET / HTTP/1.1\r\nHost: x\r\nX: ");
	const drip = setInterval(() => socket.write("a"), 100);
	await sleep(200);
	const began = Date.now();
	await running.stop();
	clearInterval(drip);
	socket.destroy();
	assert.ok(Date.now() - began < 5000, `took ${Date.now() - began} ms`);
	s.remove();
});
