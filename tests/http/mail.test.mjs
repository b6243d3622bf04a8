/* Mail against a server that takes, refuses, delays, drops and hangs; by a sendmail command; and against Debian's postfix or
 * opensmtpd where one is installed. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { spawn, execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { program, start, site } from "../lib/kairan.mjs";
import { smtp, parse, words } from "../lib/smtp.mjs";

const NAME = "日本の通信の秘密を守るためのとても長い名前を持つナレッジベースの会";
let s, m;
const conf = (...lines) => writeFileSync(join(s.dir, "kairan.conf"), lines.join("\n") + "\n");
const run = (args, input = "") => new Promise((done) => {
	const child = spawn(program, ["-C", s.dir, ...args], { stdio: ["pipe", "pipe", "pipe"] });
	let out = "", said = "";
	child.stdout.on("data", (d) => { out += d; });
	child.stderr.on("data", (d) => { said += d; });
	child.stdin.on("error", () => {});
	child.stdin.end(input);
	child.on("exit", (code) => done({ code, out, said }));
});
const queue = async () => JSON.parse((await run(["mail", "queue", "--json"])).out);
const normal = () => m.behave(() => undefined);

before(async () => {
	s = site();
	m = await smtp();
	s.run("setting", "set", "name.ja", NAME);
	conf("mail_from letters@example.org", "mail_bounces back@example.org", `mail_smtp ${m.url}`);
});
after(async () => {
	await m?.stop();
	s?.remove();
});

test("a test arrives, right in Japanese, and says nothing of this machine", async () => {
	const r = await run(["mail", "test", "hana@example.jp"]);
	assert.equal(r.code, 0, r.said);
	const { raw, from, to } = m.messages[0], { headers, text, body } = parse(raw);
	assert.equal(from, "letters@example.org");
	assert.deepEqual(to, ["hana@example.jp"]);
	assert.equal(words(headers.subject[0]), `「${NAME}」からのテストメール`);
	assert.equal(words(headers.from[0]), `${NAME} <letters@example.org>`);
	assert.equal(headers.to[0], "hana@example.jp");
	assert.match(headers["content-type"][0], /^text\/plain; charset=utf-8; format=flowed; delsp=yes$/);
	assert.match(headers["message-id"][0], /^<[\w-]+@example\.org>$/);
	assert.match(headers.date[0], / \+0000$/);
	assert.equal(headers["auto-submitted"][0], "auto-generated");
	assert.match(text, /この文章が正しく読めれば、設定は終わりです。返信の必要はありません。\n\n心当たり/);
	for (const line of body.split("\r\n")) assert.ok(Buffer.byteLength(line) < 230);
	for (const line of raw.split("\r\n")) assert.ok(line.length <= 160, line);
	for (const word of raw.match(/=\?utf-8\?b\?[^?]*\?=/gi)) assert.ok(word.length <= 75, word);
	assert.equal(m.dialogue[0], "EHLO example.org");
	assert.match((await run(["mail", "test", "x@example.org\r\nBcc: y@example.org"])).said, /mail address/);
	assert.equal((await run(["mail", "test", "花@example.org"])).code, 1);
	assert.equal(m.messages.length, 1);
	/* An old mobile address, which is none by the RFC, in the form that is one. */
	await run(["mail", "test", "abc..def.@docomo.ne.jp"]);
	assert.deepEqual(m.messages[1].to, ['"abc..def."@docomo.ne.jp']);
});

test("what waits is sealed, is tried again after a refusal for now, and is sent once", async () => {
	m.behave((verb) => verb === "RCPT" ? "451 4.7.1 try again later, hana@example.jp" : undefined);
	assert.equal((await run(["mail", "test", "--queue", "hana@example.jp"])).code, 0);
	for (const name of readdirSync(join(s.dir, "data"))) {
		const path = join(s.dir, "data", name);
		if (statSync(path).isFile()) assert.equal(/hana@|example\.jp|Content-Transfer/.test(readFileSync(path, "latin1")), false, name);
	}
	const before = m.messages.length;
	assert.match((await run(["mail", "deliver"])).said, /0 sent, 1 to be tried again, 0 refused/);
	let q = await queue();
	assert.equal(q.counts.waiting, 1);
	assert.equal(q.newest[0].code, 451);
	assert.equal(q.newest[0].status, "4.7.1");
	const wait = q.newest[0].next - Date.now() / 1000;
	assert.ok(wait > 50 && wait < 80, String(wait));
	assert.match((await run(["mail", "deliver"])).said, /1 to be tried again/);
	q = await queue();
	assert.ok(q.newest[0].next - Date.now() / 1000 > 110);
	normal();
	assert.match((await run(["mail", "deliver"])).said, /1 sent, 0 to be tried again/);
	assert.match((await run(["mail", "deliver"])).said, /0 sent, 0 to be/);
	assert.equal(m.messages.length, before + 1);
	assert.match(m.messages.at(-1).from, /^back\+b-\d+-[0-9a-f]{16}@example\.org$/);
	assert.doesNotMatch((await run(["mail", "queue"])).out, /hana|example\.jp/);
});

test("a refusal for good is one; nobody's mailbox gets no more; wrong settings are tried again", async () => {
	m.behave((verb) => verb === "END" ? "554 5.7.1 looks like spam" : undefined);
	await run(["mail", "test", "--queue", "spam@example.jp"]);
	assert.match((await run(["mail", "deliver"])).said, /0 sent, 0 to be tried again, 1 refused/);
	normal();
	assert.equal((await run(["mail", "test", "--queue", "spam@example.jp"])).code, 0);
	m.behave((verb) => verb === "RCPT" ? "550 5.1.1 nobody@example.jp: unknown" : undefined);
	await run(["mail", "test", "--queue", "nobody@example.jp"]);
	const r = await run(["mail", "deliver"]);
	assert.doesNotMatch(r.said, /nobody@/);
	normal();
	assert.match((await run(["mail", "test", "--queue", "Nobody@Example.JP"])).said, /came back before/);
	assert.match((await run(["mail", "test", "spam2@example.jp"])).said, /took it/);
	m.behave((verb) => verb === "MAIL" ? "530 5.7.0 authentication required" : undefined);
	await run(["mail", "test", "--queue", "later@example.jp"]);
	assert.match((await run(["mail", "deliver"])).said, /0 sent, 1 to be tried again, 0 refused/);
	normal();
	await run(["mail", "deliver"]);
	assert.equal((await queue()).counts.waiting, 0);
});

test("a server that drops, is away or is slow loses nothing", async () => {
	for (const at of ["CONNECT", "EHLO", "RCPT", "DATA", "END"]) {
		m.behave((verb) => verb === at ? "drop" : undefined);
		assert.equal((await run(["mail", "test", "--queue", `drop-${at.toLowerCase()}@example.jp`])).code, 0);
		assert.match((await run(["mail", "deliver"])).said, /0 sent, [1-9]/, at);
		normal();
		assert.match((await run(["mail", "deliver"])).said, /1 sent, 0 to be/, at);
		const got = m.messages.filter((x) => !x.dropped && x.to[0].startsWith(`drop-${at.toLowerCase()}`));
		assert.equal(got.length, 1, at);
	}
	/* Dropped when all was said: the server has it twice, by one Message-Id. */
	const twice = m.messages.filter((x) => x.to[0] === "drop-end@example.jp").map((x) => parse(x.raw).headers["message-id"][0]);
	assert.equal(twice.length, 2);
	assert.equal(twice[0], twice[1]);
	conf("mail_from letters@example.org", "mail_smtp smtp://127.0.0.1:9");
	await run(["mail", "test", "--queue", "away@example.jp"]);
	await run(["mail", "test", "--queue", "away2@example.jp"]);
	assert.match((await run(["mail", "deliver"])).said, /0 sent, 1 to be tried again/); /* the second was not even tried */
	const slow = await smtp({ delay: 300 });
	conf("mail_from letters@example.org", `mail_smtp ${slow.url}`);
	assert.match((await run(["mail", "deliver"])).said, /2 sent/);
	assert.equal(slow.connections(), 1);
	await slow.stop();
	conf("mail_from letters@example.org", "mail_bounces back@example.org", `mail_smtp ${m.url}`);
});

test("the site sends by itself while it is served, at the rate of a domain, and ends in time though the server hangs", async () => {
	conf("mail_from letters@example.org", "mail_bounces back@example.org", `mail_smtp ${m.url}`, "mail_rate 3");
	let server = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"], "pipe");
	for (let i = 0; i < 5; i++) await run(["mail", "test", "--queue", `r${i}@rated.example`]);
	await run(["mail", "test", "--queue", "other@free.example"]);
	await m.until((all) => all.some((x) => x.to[0] === "other@free.example"));
	const rated = () => m.messages.filter((x) => x.to[0].endsWith("@rated.example")).length;
	await m.until(() => rated() === 3);
	await new Promise((done) => setTimeout(done, 1500));
	assert.equal(rated(), 3);
	assert.equal((await queue()).counts.waiting, 2);
	m.behave((verb) => verb === "DATA" ? "hang" : undefined);
	await run(["mail", "test", "--queue", "hang@hang.example"]);
	await m.until(() => m.dialogue.at(-1) === "DATA");
	const before = Date.now();
	await server.stop();
	assert.ok(Date.now() - before < 5000, `${Date.now() - before} ms`);
	assert.doesNotMatch(server.said(), /rated|hang@/);
	normal();
	conf("mail_from letters@example.org", "mail_bounces back@example.org", `mail_smtp ${m.url}`);
	assert.match((await run(["mail", "deliver"])).said, /3 sent/);
});

test("killed in the middle of a delivery, a message is sent again and none is lost", async () => {
	m.behave((verb) => verb === "END" ? "hang" : undefined);
	await run(["mail", "test", "--queue", "killed@example.jp"]);
	const child = spawn(program, ["-C", s.dir, "mail", "deliver"], { stdio: "ignore" });
	await m.until(() => m.dialogue.at(-1) === "DATA");
	child.kill("SIGKILL");
	await new Promise((done) => child.on("exit", done));
	normal();
	assert.equal((await queue()).counts.waiting, 1);
	assert.match((await run(["mail", "deliver"])).said, /1 sent/);
	assert.equal((await queue()).counts.waiting, 0);
});

test("a server elsewhere must have TLS, a name must have its password, and neither is told", async () => {
	const dir = mkdtempSync(join(tmpdir(), "kairan-mail-"));
	execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", join(dir, "key"), "-out", join(dir, "cert"), "-days", "2", "-subj", "/CN=localhost"], { stdio: "ignore" });
	const authed = await smtp({ user: "hana@example.org", password: "p w:d/#", tls: { key: readFileSync(join(dir, "key")), cert: readFileSync(join(dir, "cert")) } });
	const secret = join(dir, "password"), server = (host) => `mail_smtp smtp://hana%40example.org@${host}:${authed.port}`;
	writeFileSync(secret, "p w:d/#\n", { mode: 0o644 });
	conf("mail_from letters@example.org", server("127.0.0.1"), `mail_password ${secret}`);
	assert.match((await run(["mail", "test", "a@example.jp"])).said, /everybody on this machine may read .*chmod 600/);
	chmodSync(secret, 0o600);
	assert.equal((await run(["mail", "test", "a@example.jp"])).code, 0);
	writeFileSync(secret, "wrong\n");
	const wrong = await run(["mail", "test", "a@example.jp"]);
	assert.equal(wrong.code, 1);
	assert.match(wrong.said, /535|denied|Login/i);
	assert.doesNotMatch(wrong.said, /wrong\n|p w:d/);
	/* By any other name than this machine's, the certificate counts: nothing is said to a server without a good one. */
	writeFileSync(secret, "p w:d/#\n");
	conf("mail_from letters@example.org", server("127.0.0.2"), `mail_password ${secret}`);
	const plain = await smtp({ user: "hana@example.org", password: "x" });
	const said = authed.dialogue.length;
	assert.equal((await run(["mail", "test", "a@example.jp"])).code, 1);
	assert.ok(!authed.dialogue.slice(said).some((line) => /AUTH|MAIL/.test(line)));
	conf("mail_from letters@example.org", `mail_smtp smtp://hana@127.0.0.2:${plain.port}`, `mail_password ${secret}`);
	assert.equal((await run(["mail", "test", "a@example.jp"])).code, 1);
	assert.ok(!plain.dialogue.some((line) => /AUTH|MAIL/.test(line)));
	conf("mail_from letters@example.org", "mail_smtp smtp://user:secret@mail.example.org");
	const told = await run(["mail", "test", "a@example.jp"]);
	assert.match(told.said, /kairan\.conf, line 2: .*mail_password/);
	assert.doesNotMatch(told.said, /secret@/);
	await authed.stop();
	await plain.stop();
	rmSync(dir, { recursive: true });
});

test("by a sendmail command: no shell, the recipient as one word, its status believed", async () => {
	const command = join(s.dir, "sendmail"), got = join(s.dir, "got");
	const script = (end) => {
		writeFileSync(command, `#!/bin/sh\nprintf '%s|' "$@" >${got}\nprintf '\\n' >>${got}\ncat >>${got}\nexit ${end}\n`);
		chmodSync(command, 0o755);
	};
	conf("mail_from letters@example.org", `mail_sendmail ${command}`);
	script(0);
	assert.equal((await run(["mail", "test", "o'neil+x@example.jp"])).code, 0);
	const text = readFileSync(got, "utf8");
	assert.ok(text.startsWith("-i|-f|letters@example.org|--|o'neil+x@example.jp|\n"), text);
	assert.equal(text.includes("\r"), false);
	assert.match(text, /\nSubject: =\?UTF-8/);
	script(75);
	await run(["mail", "test", "--queue", "a@example.jp"]);
	assert.match((await run(["mail", "deliver"])).said, /1 to be tried again/);
	script(67);
	assert.match((await run(["mail", "deliver"])).said, /1 refused/);
	/* What it says by words alone is understood, and not passed on. */
	writeFileSync(command, "#!/bin/sh\ncat >/dev/null\nyes x | head -c 200000 >&2\nexit 70\n");
	await run(["mail", "test", "--queue", "b@example.jp"]);
	await run(["mail", "test", "--queue", "c@example.jp"]);
	assert.match((await run(["mail", "deliver"])).said, /2 to be tried again/);
	writeFileSync(command, '#!/bin/sh\ncat >/dev/null\necho "sendmail: command failed: 550 5.1.1 Invalid recipient: <$5>" >&2\nexit 70\n');
	const said = (await run(["mail", "deliver"])).said;
	assert.match(said, /2 refused/);
	assert.doesNotMatch(said, /Invalid|example\.jp/);
	assert.match((await run(["mail", "test", "--queue", "b@example.jp"])).said, /came back before/);
	conf("mail_from letters@example.org", "mail_sendmail /nowhere/sendmail");
	assert.match((await run(["mail", "test", "a@example.jp"])).said, /cannot run \/nowhere\/sendmail/);
	conf("mail_from letters@example.org");
	assert.match((await run(["mail", "test", "a@example.jp"])).said, /mail_smtp or mail_sendmail/);
	conf("mail_from letters@example.org", "mail_bounces back@example.org", `mail_smtp ${m.url}`);
});

test("a bounce stops mail to its recipient; a late one, a stranger's and a forged one change nothing", async () => {
	await run(["mail", "test", "--queue", "gone@example.jp"]);
	await run(["mail", "deliver"]);
	const to = m.messages.at(-1).from;
	const report = (action, status) => ["Return-Path: <>", `To: ${to}`, "MIME-Version: 1.0", 'Content-Type: multipart/report; report-type=delivery-status; boundary="x"', "",
		"--x", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example.jp", "", "Final-Recipient: rfc822; gone@example.jp", `Action: ${action}`, `Status: ${status}`, "", "--x--", ""].join("\r\n");
	assert.match((await run(["mail", "bounce"], report("delayed", "4.4.1"))).said, /only late/);
	for (const address of ["back@example.org", to.replace(/.@/, (c) => (c[0] === "0" ? "1" : "0") + "@")])
		assert.match((await run(["mail", "bounce", address], report("failed", "5.1.1"))).said, /left alone/);
	assert.match((await run(["mail", "bounce"], "Subject: I am away\r\n\r\nuntil Monday\r\n")).said, /left alone/);
	assert.equal((await run(["mail", "test", "--queue", "gone@example.jp"])).code, 0);
	await run(["mail", "deliver"]);
	const r = await run(["mail", "bounce"], report("failed", "5.1.1"));
	assert.equal(r.code, 0);
	assert.match(r.said, /came back for good/);
	assert.match((await run(["mail", "test", "--queue", "GONE@example.jp"])).said, /came back before/);
	assert.equal((await queue()).counts.bounced >= 1, true);
});

/* Whose mailbox: MAIL_USER, who must exist. Postfix writes a file for each user, OpenSMTPD a Maildir. */
const mta = ["/usr/sbin/postfix", "/usr/sbin/smtpd"].find((path) => existsSync(path)), user = process.env.MAIL_USER;
const why = !mta ? "neither postfix nor opensmtpd is installed here" : user ? false : "MAIL_USER does not name anybody with a local mailbox";
test("through the mail server of this machine into a local mailbox, and back as a report", { skip: why }, async (t) => {
	const box = `/var/mail/${user}`, folder = `/home/${user}/Maildir/new`;
	conf("mail_from letters@localhost", "mail_smtp smtp://127.0.0.1:25");
	const all = () => (existsSync(box) ? [[box, readFileSync(box, "utf8")]] : []).concat(existsSync(folder) ? readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]) : []);
	/* What is there now and was not in `before`. */
	const arrived = async (before) => {
		for (let i = 0; i < 100; i++) {
			for (const [name, text] of all()) {
				const old = before.find(([n]) => n === name)?.[1] ?? "";
				if (text.length > old.length) return text.slice(old.length).replace(/\r?\n/g, "\r\n");
			}
			await new Promise((done) => setTimeout(done, 100));
		}
		assert.fail("nothing arrived");
	};
	let mark = all();
	const r = await run(["mail", "test", `${user}@localhost`]);
	if (/connect/i.test(r.said)) return t.skip("the mail server does not run");
	assert.equal(r.code, 0, r.said);
	const text = await arrived(mark);
	assert.equal(words(text.match(/\r\nSubject: ((?:.|\r\n[ \t])*)/)[1].replace(/\r\n/g, "")).replace(/\s+$/, ""), `「${NAME}」からのテストメール`);
	/* It knows its people, and says so. */
	await run(["mail", "test", "--queue", "no-such-person@localhost"]);
	assert.match((await run(["mail", "deliver"])).said, /1 refused/);
	/* By its command postfix takes all, and what comes back is a report. */
	conf(`mail_from letters@localhost`, `mail_bounces ${user}@localhost`, "mail_sendmail /usr/sbin/sendmail");
	mark = all();
	await run(["mail", "test", "--queue", "nobody-either@localhost"]);
	const told = (await run(["mail", "deliver"])).said;
	assert.doesNotMatch(told, /nobody-either/);
	if (/1 refused/.test(told)) return; /* OpenSMTPD's command asks its server at once */
	assert.match(told, /1 sent/);
	const report = (await arrived(mark)).replace(/^From .*\r\n/, "");
	assert.match((await run(["mail", "bounce"], report)).said, /came back for good/);
	assert.match((await run(["mail", "test", "--queue", "nobody-either@localhost"])).said, /came back before/);
});
