/* How the program is put to work: on a Unix socket behind nginx as packaging/ sets it up, and with a theme in the making. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { request } from "node:https";
import { join } from "node:path";
import { program, start, site } from "../lib/kairan.mjs";

async function until(what, tries = 100) {
	for (let i = 0; i < tries; i++) {
		if (await what()) return true;
		await new Promise((r) => setTimeout(r, 50));
	}
	return false;
}

/* A server on a Unix socket: it prints no http address to wait for. */
async function onSocket(dir, path) {
	const child = spawn(program, ["-C", dir, "serve", "--listen", `unix:${path}`], { stdio: "ignore" });
	const answers = () => new Promise((done) => {
		const c = connect(path);
		c.on("connect", () => { c.destroy(); done(true); });
		c.on("error", () => done(false));
	});
	assert.ok(await until(answers), "it answers on its socket");
	return { stop: () => new Promise((done) => { child.on("exit", done); child.kill("SIGTERM"); }) };
}

test("a Unix socket's file goes with the server, but not one that another server put in its place", async () => {
	const s = site(), path = join(s.dir, "kairan.sock");
	try {
		const one = await onSocket(s.dir, path);
		await one.stop();
		assert.ok(!existsSync(path));
		const old = await onSocket(s.dir, path), next = await onSocket(s.dir, path);
		await old.stop();
		assert.ok(existsSync(path), "the newer server's socket stays");
		await next.stop();
		assert.ok(!existsSync(path));
	} finally {
		s.remove();
	}
});

test("serve --dev takes up a theme folder that is made after the start", async () => {
	const s = site();
	const server = await start(["-C", s.dir, "serve", "--dev", "--listen", "127.0.0.1:0"], "pipe");
	try {
		const page = async () => (await fetch(server.url + "/")).text();
		assert.ok(!(await page()).includes("from the folder"));
		mkdirSync(join(s.dir, "theme"));
		writeFileSync(join(s.dir, "theme", "footer.mustache"), "<p>from the folder</p>");
		assert.ok(await until(async () => (await page()).includes("from the folder")));
	} finally {
		await server.stop();
		s.remove();
	}
});

/* The packaged configuration as it is, but for ports, names of files and the certificate. */
function nginxConf(dir, listen, port, plain) {
	const front = readFileSync("packaging/nginx.conf", "utf8")
		.replaceAll(/listen \[::\]:(443 ssl http2|80);\n/g, "")
		.replace("listen 443 ssl http2;", `listen 127.0.0.1:${port} ssl http2;`)
		.replace("listen 80;", `listen 127.0.0.1:${plain};`)
		.replaceAll(/\/etc\/letsencrypt\/live\/help.example.org\//g, dir + "/")
		.replaceAll("/var/log/nginx/", dir + "/")
		.replace("http://127.0.0.1:8080", listen);
	assert.ok(!front.includes("/etc/") && front.includes(`${port} ssl`) && front.includes(listen), "each line that must change was found");
	const user = process.getuid() === 0 ? "user root;" : ""; /* the test's folder is its owner's alone */
	return `daemon off; ${user} pid ${dir}/nginx.pid; error_log ${dir}/start.log; events {}
http { client_body_temp_path ${dir}/b; proxy_temp_path ${dir}/p; fastcgi_temp_path ${dir}/f; uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;
access_log ${dir}/access.log;
${front}}`;
}

function freePort() {
	return new Promise((done) => {
		const server = createServer().listen(0, "127.0.0.1", () => { const { port } = server.address(); server.close(() => done(port)); });
	});
}

function ask(port, path, { method = "GET", headers = {}, body } = {}) {
	return new Promise((done, fail) => {
		const r = request({ host: "127.0.0.1", port, path, method, rejectUnauthorized: false, servername: "help.example.org", headers: { host: "help.example.org", ...headers } }, (res) => {
			let text = "";
			res.on("data", (d) => { text += d; });
			res.on("end", () => done({ status: res.statusCode, headers: res.headers, text }));
		});
		r.on("error", fail);
		r.end(body);
	});
}

const nginx = ["/usr/sbin/nginx", "/usr/bin/nginx"].find(existsSync);
const missing = !nginx || spawnSync("openssl", ["version"]).error ? "nginx or openssl is not installed" : false;

test("behind nginx as packaging/nginx.conf sets it up: pages, images, a large form, signing in, no log", { skip: missing }, async () => {
	const s = site(), socket = join(s.dir, "kairan.sock"), port = await freePort(), plain = await freePort();
	s.run("import", "markdown", "sample/articles");
	s.run("setting", "set", "base_url", "https://help.example.org");
	execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=help.example.org",
		"-keyout", join(s.dir, "privkey.pem"), "-out", join(s.dir, "fullchain.pem")], { stdio: "ignore" });
	const server = await onSocket(s.dir, socket);
	writeFileSync(join(s.dir, "nginx.conf"), nginxConf(s.dir, `http://unix:${socket}`, port, plain));
	const front = spawn(nginx, ["-c", join(s.dir, "nginx.conf"), "-e", join(s.dir, "start.log")], { stdio: "ignore" });
	try {
		assert.ok(await until(() => ask(port, "/healthz").then((r) => r.status === 200, () => false)), "nginx answers");
		const portal = await ask(port, "/", { headers: { "accept-encoding": "gzip" } });
		assert.equal(portal.status, 200);
		assert.equal(portal.headers["content-encoding"], "gzip", "Kairan's own compression passes");
		assert.match(portal.headers["strict-transport-security"], /max-age/);
		assert.match(portal.headers["content-security-policy"], /default-src/);
		assert.equal(portal.headers["set-cookie"], undefined);
		const article = await ask(port, "/articles/" + encodeURIComponent("監視カメラ") + "/");
		assert.ok([200, 301, 404].includes(article.status));
		assert.ok(!article.headers.location?.includes("sock"), "redirects name no inner address");

		const link = s.run("user", "add", "--role", "owner", "owner").trim();
		assert.match(link, /^https:\/\/help.example.org\/desk\/invitation/);
		let cookies = {};
		const go = async (path, fields) => {
			const headers = { cookie: Object.entries(cookies).map(([k, v]) => `${k}=${v}`).join("; ") };
			const form = fields && new Response(fields instanceof FormData ? fields : new URLSearchParams(fields));
			if (fields) Object.assign(headers, { "content-type": form.headers.get("content-type"), origin: "https://help.example.org", "sec-fetch-site": "same-origin" });
			const r = await ask(port, path, { method: fields ? "POST" : "GET", headers, body: form && Buffer.from(await form.arrayBuffer()) });
			for (const line of r.headers["set-cookie"] ?? []) {
				const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
				assert.match(line, /Secure/);
				cookies[name] = value;
			}
			return { ...r, csrf: r.text.match(/name="csrf" value="([0-9a-f]{64})"/)?.[1] };
		};
		const path = link.replace("https://help.example.org", ""), password = "correct horse battery";
		let page = await go(path);
		const token = new URL(link).searchParams.get("token");
		assert.equal((await go("/desk/invitation", { csrf: page.csrf, token, password, again: password })).status, 303);
		page = await go("/desk/sign-in");
		assert.equal((await go("/desk/sign-in", { csrf: page.csrf, login: "owner", password, code: "" })).status, 303);
		page = await go("/desk/articles/new");
		assert.equal(page.status, 200);
		/* More than nginx lets through unless told. */
		const long = (n) => {
			const form = new FormData(), fields = { csrf: page.csrf, base: "", format: "markdown", title: "long", body: "a ".repeat(n), lang: "ja", status: "published" };
			for (const [name, value] of Object.entries(fields)) form.append(name, value);
			return form;
		};
		const saved = await go("/desk/articles/new", long(600000));
		assert.equal(saved.status, 303, saved.text.slice(0, 300));
	} finally {
		const ended = new Promise((done) => front.on("exit", done));
		front.kill("SIGTERM");
		await ended;
		await server.stop();
	}
	assert.ok(!existsSync(join(s.dir, "access.log")) || readFileSync(join(s.dir, "access.log"), "utf8") === "", "nothing is logged of a reader");
	s.remove();
});

/* The other pieces are read by the programs that they are for. */
const has = (name) => !spawnSync("sh", ["-c", `command -v ${name}`]).status;
const reads = (command, args, env = {}) => {
	const r = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, ...env } });
	assert.equal(r.status, 0, r.stdout + r.stderr);
};

test("systemd finds no fault with the unit, and lets it do little", { skip: has("systemd-analyze") ? false : "systemd is not installed" }, () => {
	const s = site(), file = join(s.dir, "kairan.service");
	writeFileSync(file, readFileSync("packaging/kairan.service", "utf8").replace("/usr/local/bin/kairan", "/bin/true").replace(/^Documentation.*\n/m, ""));
	reads("systemd-analyze", ["verify", file]);
	reads("systemd-analyze", ["security", "--offline=true", "--threshold=15", file]);
	s.remove();
});

test("Caddy takes its file", { skip: has("caddy") ? false : "Caddy is not installed" }, () => {
	const s = site();
	reads("caddy", ["validate", "--config", "packaging/Caddyfile", "--adapter", "caddyfile"], { HOME: s.dir });
	s.remove();
});

test("Tor takes its lines", { skip: has("tor") ? false : "Tor is not installed" }, () => {
	const s = site(), file = join(s.dir, "torrc");
	writeFileSync(file, readFileSync("packaging/torrc", "utf8").replace("/var/lib/tor/", s.dir + "/"));
	reads("tor", ["--verify-config", "-f", file, "--DataDirectory", join(s.dir, "tor")], { HOME: s.dir });
	s.remove();
});
