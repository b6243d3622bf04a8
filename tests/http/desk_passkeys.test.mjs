/* Signing in with passkeys, a passkey made of software telling the truth and lying in each point; the key file; and floods
 * of wrong passwords. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { start, site } from "../lib/kairan.mjs";
import { Client, enrol, oneTimeCode as code, PASSWORD } from "../lib/desk.mjs";
import { Authenticator, register, touch } from "../lib/passkey.mjs";

let s, server, url;
const serve = async () => {
	server = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"], "pipe");
	url = server.url.replace("127.0.0.1", "localhost");
};
before(async () => {
	s = site();
	await serve();
});
after(async () => {
	await server?.stop();
	s?.remove();
});

const codesOf = (page) => [...page.text.matchAll(/<code>([A-Z2-7-]{19})<\/code>/g)].map((m) => m[1]);

test("a passkey is added with the password, signs in alone, and goes again", async () => {
	const c = await enrol(s, url, "hana"), phone = new Authenticator(), key = new Authenticator("EdDSA"), laptop = new Authenticator("RS256");
	assert.equal((await register(c, phone, {}, { password: "not the password" })).status, 403);
	const added = await register(c, phone, {}, { name: "電話 <b>" });
	assert.equal(added.status, 200, added.problem);
	assert.equal(codesOf(added).length, 10);
	assert.equal((await register(c, phone)).status, 409);
	for (const other of [key, laptop]) assert.equal((await register(c, other)).location, "/desk/account?saved=1#passkeys-title");
	const page = await c.go("/desk/account");
	assert.match(page.text, /電話 &lt;b&gt;/);
	assert.equal(page.passkey.exclude.length, 3);
	for (const authenticator of [phone, key, laptop]) {
		const fresh = new Client(url);
		const r = await touch(fresh, authenticator);
		assert.equal(r.location, "/desk", r.problem);
		assert.ok(await fresh.isIn());
	}
	assert.match((await c.go("/desk/account")).text, /最後の使用|last used/);
	/* Somebody else cannot remove it, nor can its owner without the password. */
	const ids = [...page.text.matchAll(/name="passkey" value="(\d+)"/g)].map((m) => m[1]);
	const other = await enrol(s, url, "jiro"), { csrf } = await other.go("/desk/account");
	assert.equal((await other.send("/desk/account/passkeys/remove", { csrf, passkey: ids[0], password: PASSWORD })).status, 404);
	assert.equal((await c.send("/desk/account/passkeys/remove", { csrf: page.csrf, passkey: ids[0], password: "not this" })).status, 403);
	assert.equal((await c.send("/desk/account/passkeys/remove", { csrf: page.csrf, passkey: ids[0], password: PASSWORD })).status, 303);
	assert.equal((await touch(new Client(url), phone)).status, 403);
	const owner = await enrol(s, url, "boss", "owner");
	const log = (await owner.go("/desk/log")).text;
	for (const action of ["passkey.add", "passkey.remove", "signin.passkey"]) assert.ok(log.includes(action), action);
});

test("no lie signs in: origin, domain, kind, frame, presence, verification, signature, data, key", async () => {
	const c = await enrol(s, url, "umi"), phone = new Authenticator(), stranger = new Authenticator();
	await register(c, phone);
	const visit = () => new Client(url);
	for (const [name, lies] of Object.entries({
		"another origin": { origin: "https://evil.example" }, "another port": { origin: "http://localhost:1" }, "https": { origin: url.replace("http:", "https:") },
		"another domain": { rpId: "evil.example" }, "a registration's data": { type: "webauthn.create" }, "a frame": { crossOrigin: true }, "a frame of another site": { topOrigin: "https://evil.example" },
		"nobody there": { flags: 4 }, "nobody verified": { flags: 1 }, "a challenge of its own": { challenge: randomBytes(32).toString("base64url") }, "no challenge": { challenge: "" },
	})) assert.equal((await touch(visit(), phone, lies)).status, 403, name);
	const flip = (text) => { const bytes = Buffer.from(text, "base64url"); bytes[bytes.length - 1] ^= 1; return bytes.toString("base64url"); };
	for (const name of ["signature", "authenticator_data", "client_data", "credential"]) {
		const v = visit(), page = await v.go("/desk/sign-in");
		const said = phone.get({ origin: url, challenge: page.passkey.challenge });
		assert.equal((await v.send("/desk/sign-in/passkey", { csrf: page.csrf, ...said, [name]: flip(said[name]) })).status, 403, name);
		assert.equal((await v.send("/desk/sign-in/passkey", { csrf: page.csrf, ...said, [name]: "" })).status, 403, name + " empty");
		assert.equal((await v.send("/desk/sign-in/passkey", { csrf: page.csrf, ...said, [name]: "!" })).status, 400, name + " of no base64url");
	}
	/* A stranger's key under a credential that is known. */
	stranger.id = phone.id;
	assert.equal((await touch(visit(), stranger)).status, 403);
	assert.equal((await touch(visit(), phone)).status, 303);
	/* And none is added by a lie. */
	for (const lies of [{ origin: "https://evil.example" }, { rpId: "evil.example" }, { type: "webauthn.get" }, { flags: 0x44 }, { flags: 5 }, { challenge: "AAAA" }])
		assert.equal((await register(c, new Authenticator(), lies)).status, 422, JSON.stringify(lies));
	const huge = new Authenticator();
	huge.id = randomBytes(1100);
	assert.equal((await register(c, huge)).status, 413);
});

test("a challenge is good once, in the visit it was given to; a counter that goes back tells of a copy", async () => {
	const c = await enrol(s, url, "sora"), phone = new Authenticator();
	await register(c, phone);
	const a = new Client(url), b = new Client(url);
	const page = await a.go("/desk/sign-in"), others = await b.go("/desk/sign-in");
	const said = phone.get({ origin: url, challenge: page.passkey.challenge });
	assert.equal((await b.send("/desk/sign-in/passkey", { csrf: others.csrf, ...said })).status, 403);
	assert.equal((await a.send("/desk/sign-in/passkey", { csrf: page.csrf, ...said })).status, 303);
	const again = new Client(url);
	again.cookies.kairan_form = a.cookies.kairan_form;
	assert.equal((await again.send("/desk/sign-in/passkey", { csrf: page.csrf, ...said })).status, 403);
	/* A new signature, a higher counter, the same challenge. */
	assert.equal((await again.send("/desk/sign-in/passkey", { csrf: page.csrf, ...phone.get({ origin: url, challenge: page.passkey.challenge }) })).status, 403);
	assert.equal((await touch(new Client(url), phone)).status, 303);
	assert.equal((await touch(new Client(url), phone, { counter: 1 })).status, 403);
	const owner = await enrol(s, url, "head", "owner");
	assert.match((await owner.go("/desk/log")).text, /passkey\.copied/);
	/* A challenge of the account page registers no second passkey. */
	const account = await c.go("/desk/account"), one = new Authenticator(), two = new Authenticator();
	const add = (k) => c.send("/desk/account/passkeys", { csrf: account.csrf, name: "x", password: PASSWORD, ...k.create({ origin: url, challenge: account.passkey.challenge }) });
	assert.equal((await add(one)).status, 303);
	assert.equal((await add(two)).status, 422);
});

test("after the password: a passkey, a security key without verification, or a recovery code; nobody else's", async () => {
	const c = await enrol(s, url, "kaze"), mine = new Authenticator(), theirs = new Authenticator();
	const codes = codesOf(await register(c, mine, { flags: 0x41 }));
	const other = await enrol(s, url, "tori");
	await register(other, theirs);
	const begin = async () => { const v = new Client(url); return [v, await v.signIn("kaze")]; };
	let [v, page] = await begin();
	assert.equal(page.status, 200);
	assert.ok(page.hidden("pending"));
	assert.equal(v.cookies.kairan_desk, undefined);
	assert.equal(page.passkey.allow.length, 1);
	const send = (k, lies = {}, more = {}) => v.send("/desk/sign-in/passkey", { csrf: page.csrf, pending: page.hidden("pending"), ...k.get({ origin: url, challenge: page.passkey.challenge, flags: 1, ...lies }), ...more });
	assert.equal((await send(theirs)).status, 403);
	assert.equal((await send(mine, {}, { pending: page.hidden("pending").slice(0, -1) + (page.hidden("pending").endsWith("A") ? "B" : "A") })).status, 403);
	assert.equal((await send(mine, {}, { pending: "" })).status, 403);
	assert.equal((await send(mine)).location, "/desk");
	assert.ok(await v.isIn());
	/* What is pending is of its visit. */
	[v, page] = await begin();
	const w = new Client(url), { csrf } = await w.go("/desk/sign-in");
	assert.equal((await w.send("/desk/sign-in/second", { csrf, pending: page.hidden("pending"), code: codes[0] })).status, 403);
	assert.equal((await v.send("/desk/sign-in/second", { csrf: page.csrf, pending: page.hidden("pending"), code: "123456" })).status, 403);
	assert.equal((await v.send("/desk/sign-in/second", { csrf: page.csrf, pending: page.hidden("pending"), code: codes[0] })).location, "/desk");
	assert.equal((await new Client(url).signIn("kaze", PASSWORD, codes[1])).location, "/desk");
	/* A new password ends it. */
	[v, page] = await begin();
	const account = await c.go("/desk/account");
	assert.equal((await c.send("/desk/account/password", { csrf: account.csrf, old: PASSWORD, password: "another long password", again: "another long password" })).status, 303);
	assert.equal((await v.send("/desk/sign-in/second", { csrf: page.csrf, pending: page.hidden("pending"), code: codes[2] })).status, 403);
	/* The shell takes it all off, for somebody who lost everything. */
	const link = s.run("user", "invite", "--no-totp", "kaze").trim();
	const fresh = new Client(url), form = await fresh.go(link);
	await fresh.send("/desk/invitation", { csrf: form.csrf, token: new URL(link, url).searchParams.get("token"), password: PASSWORD, again: PASSWORD });
	assert.equal((await fresh.signIn("kaze")).location, "/desk");
	assert.equal((await touch(new Client(url), mine)).status, 403);
});

test("under a bare address there are no passkeys, and all else is as before", async () => {
	const bare = new Client(server.url), page = await bare.go("/desk/sign-in");
	assert.equal(page.passkey, null);
	assert.doesNotMatch(page.text, /<script/);
	assert.match((await new Client(url).go("/desk/sign-in")).text, /<script src="\/assets\/[0-9a-f]+\/passkey\.js" defer>/);
	assert.doesNotMatch((await new Client(url).go("/")).text, /passkey\.js/);
	/* Once the site has a name of its own, that one counts and no other. */
	const c = await enrol(s, url, "mori"), phone = new Authenticator();
	await register(c, phone);
	s.run("setting", "set", "base_url", "https://help.example.org");
	const fresh = new Client(url), named = await fresh.go("/desk/sign-in");
	assert.equal(named.passkey.rpId, "help.example.org");
	assert.equal((await touch(new Client(url), phone)).status, 403);
	assert.equal((await touch(new Client(url), phone, { rpId: "help.example.org", origin: "https://help.example.org" })).status, 303);
	s.run("setting", "set", "base_url", "");
});

test("the secrets of one-time codes cannot be read without the key file, which no backup has", async () => {
	const c = await enrol(s, url, "yuki"), page = await c.go("/desk/account/totp");
	const secret = page.text.match(/name="secret" value="([A-Z2-7]{32})"/)[1];
	const done = await c.send("/desk/account/totp", { csrf: page.csrf, secret, code: code(secret), password: PASSWORD });
	const codes = codesOf(done), key = join(s.dir, "data/secret.key");
	assert.equal(codes.length, 10);
	assert.equal(statSync(key).mode & 0o777, 0o600);
	assert.equal(statSync(key).size, 32);
	const copy = join(s.dir, "copy.db");
	s.run("backup", copy);
	for (const file of [copy, ...readdirSync(join(s.dir, "data")).map((name) => join(s.dir, "data", name))]) {
		if (!statSync(file).isFile()) continue;
		const bytes = readFileSync(file);
		assert.equal(bytes.includes(secret), false, file);
		if (file !== key) assert.equal(bytes.includes(readFileSync(key)), false, file);
	}
	/* Readable for others, another's, gone: said at the start, and by `check`; readers do not notice. */
	const said = () => { try { s.run("check"); return ""; } catch (e) { return e.stderr + e.stdout; } };
	assert.equal(said(), "");
	chmodSync(key, 0o640);
	assert.match(said(), /others may read the key file .*chmod 600/);
	chmodSync(key, 0o600);
	renameSync(key, key + ".kept");
	writeFileSync(key, randomBytes(32), { mode: 0o600 });
	assert.match(said(), /another site's/);
	rmSync(key);
	assert.match(said(), /is gone: put it back/);
	await server.stop();
	await serve();
	assert.match(server.said(), /secret\.key is gone/);
	assert.equal((await new Client(url).go("/")).status, 200);
	const r = await new Client(url).signIn("yuki", PASSWORD, code(secret, Date.now() + 30000));
	assert.equal(r.status, 503);
	assert.match(r.problem, /key file|鍵ファイル/);
	assert.equal((await new Client(url).signIn("yuki", PASSWORD, codes[0])).location, "/desk");
	assert.equal((await new Client(url).go("/desk/sign-in")).passkey, null);
	await server.stop();
	renameSync(key + ".kept", key);
	await serve();
	assert.equal((await new Client(url).signIn("yuki", PASSWORD, code(secret, Date.now() + 30000))).location, "/desk");
	/* Lost for good: a new one, and the codes of apps are no more. */
	await server.stop();
	assert.throws(() => s.run("key", "new"), /already/);
	rmSync(key);
	s.run("key", "new");
	assert.equal(said(), "");
	await serve();
	assert.equal((await new Client(url).signIn("yuki", PASSWORD, code(secret, Date.now() + 60000))).status, 503);
	assert.equal((await new Client(url).signIn("yuki", PASSWORD, codes[1])).location, "/desk");
});

test("a flood of wrong passwords keeps nobody out who was in before or has a passkey", async () => {
	const c = await enrol(s, url, "ame"), phone = new Authenticator(), keep = await enrol(s, url, "yama");
	await register(c, phone);
	/* The browser that yama was in with, the session over. */
	const known = () => { const k = new Client(url); k.cookies.kairan_device = keep.cookies.kairan_device; return k; };
	const calm = [];
	for (let i = 0; i < 5; i++) {
		const before = performance.now();
		assert.equal((await known().signIn("yama")).location, "/desk");
		calm.push(performance.now() - before);
	}
	let flooding = true, tries = 0;
	const refused = {};
	const flood = Array.from({ length: 24 }, async (_, i) => {
		const f = new Client(url), { csrf } = await f.go("/desk/sign-in");
		while (flooding) {
			const r = await f.send("/desk/sign-in", { csrf, login: i % 2 ? "yama" : `nobody${tries}`, password: "a wrong password", code: "" });
			refused[r.status] = (refused[r.status] ?? 0) + 1;
			tries++;
		}
	});
	await new Promise((done) => setTimeout(done, 3000));
	/* A stranger would have to wait: nothing tells them from the flood. */
	assert.equal((await new Client(url).signIn("yama")).status, 429);
	const took = [];
	for (let i = 0; i < 5; i++) {
		const before = performance.now();
		assert.equal((await known().signIn("yama")).location, "/desk");
		took.push(performance.now() - before);
		assert.equal((await touch(new Client(url), phone)).location, "/desk");
		const page = await keep.go("/desk/account");
		assert.equal((await keep.send("/desk/account/password", { csrf: page.csrf, old: PASSWORD, password: PASSWORD, again: PASSWORD })).status, 303);
	}
	flooding = false;
	await Promise.all(flood);
	const middle = (list) => list.sort((x, y) => x - y)[list.length >> 1];
	console.log(`flood: ${tries} tries, ${JSON.stringify(refused)}; signing in took ${Math.round(middle(took))} ms (calm: ${Math.round(middle(calm))} ms)`);
	assert.ok(tries > 100);
	assert.ok((refused[403] ?? 0) < 60, "few of them were worth a hash");
	assert.ok(middle(took) < 2000 + 10 * middle(calm));
	/* Even a browser that is known has an end to its tries, and it alone. */
	const statuses = [];
	for (let i = 0; i < 6; i++) statuses.push((await known().signIn("yama", "a wrong password")).status);
	assert.deepEqual(statuses, [403, 403, 403, 403, 403, 429]);
	assert.equal((await touch(new Client(url), phone)).location, "/desk");
});
