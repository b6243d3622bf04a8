/* The tally by its public data, checked twice: by `kairan campaign verify` and by the verifier of tests/lib, which shares no
 * code with the program; what was tampered with is found by both. The organiser's export is what people signed. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { program, start, site } from "../lib/kairan.mjs";
import { checkLog, checkReceipt, consistent, readHead, readKey, leafHash, root, rootByPath } from "../lib/verifier.mjs";

const bench = join(dirname(program), "../../bench/bench_campaign");
const N = 1300; /* more than a page of the log, and more than five of its tiles */
let s, server, keyFile;
const run = (...args) => spawnSync(program, args, { encoding: "utf8" });
const text = async (path) => { const r = await fetch(`${server.url}/campaigns/water/log/${path}`); assert.equal(r.status, 200, path); return r.text(); };

before(async () => {
	s = site();
	keyFile = join(s.dir, "organiser.key");
	const made = run("campaign", "keygen", keyFile);
	assert.match(made.stdout, /^kcp1\.[\w-]{48}\n$/);
	execFileSync(bench, ["make", s.dir, "water", made.stdout.trim()]);
	const tokens = execFileSync(bench, ["tokens", s.dir, "water", "0", String(N)]);
	execFileSync(bench, ["confirm", s.dir, "water", "8"], { input: tokens });
	server = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
});
after(async () => { await server?.stop(); s?.remove(); });

async function wholeLog() {
	const key = readKey(await text("key")), note = await text("checkpoint"), head = readHead(note, key);
	const entries = [];
	while (entries.length < head.size) entries.push(...(await text(`leaves?from=${entries.length}`)).trim().split("\n").map((line) => Buffer.from(line, "hex")));
	return { key, note, head, entries };
}

test("the key's file is the owner's alone, and is never written over", () => {
	assert.equal(statSync(keyFile).mode & 0o777, 0o600);
	assert.equal(run("campaign", "keygen", keyFile).status, 1);
});

test("both verifiers find the log whole", async () => {
	const { head, entries } = await wholeLog();
	assert.equal(head.count, N);
	checkLog(entries, head);
	const said = run("campaign", "verify", `${server.url}/campaigns/water/`);
	assert.equal(said.status, 0, said.stderr);
	assert.match(said.stdout, new RegExp(`^${N} signatures; the log of ${N} entries is whole`));
});

test("proofs that are served lead to the head", async () => {
	const { head, entries } = await wholeLog(), leaves = entries.map(leafHash);
	for (const [leaf, size] of [[0, 1], [0, 2], [1, 3], [255, 256], [256, 257], [700, 1024], [1299, N], [12, N]]) {
		const proof = JSON.parse(await text(`proof?leaf=${leaf}&size=${size}`));
		assert.ok(rootByPath(leaves[leaf], leaf, size, proof.path.map((h) => Buffer.from(h, "hex"))).equals(root(leaves.slice(0, size))), `${leaf} of ${size}`);
	}
	for (const [from, to] of [[0, N], [1, 2], [1, N], [6, 7], [256, N], [257, 512], [1023, 1025], [N, N]]) {
		const proof = JSON.parse(await text(`consistency?from=${from}&to=${to}`));
		assert.ok(consistent(from, to, proof.path.map((h) => Buffer.from(h, "hex")), root(leaves.slice(0, from)), root(leaves.slice(0, to))), `${from} to ${to}`);
	}
	assert.equal(root(leaves).toString("hex"), head.root.toString("hex"));
	for (const bad of ["proof?leaf=5&size=5", `proof?leaf=0&size=${N + 1}`, "consistency?from=9&to=3", "leaves?from=-1", "nothing"])
		assert.ok([400, 404].includes((await fetch(`${server.url}/campaigns/water/log/${bad}`)).status), bad);
});

test("from a folder too; one bit that differs is found, as is an entry that is missing", async () => {
	const { key, note, head, entries } = await wholeLog(), dir = join(s.dir, "log");
	mkdirSync(dir);
	const put = (list) => { writeFileSync(join(dir, "key"), keyText); writeFileSync(join(dir, "checkpoint"), note); writeFileSync(join(dir, "leaves"), list.map((e) => e.toString("hex") + "\n").join("")); };
	const keyText = await text("key");
	put(entries);
	assert.equal(run("campaign", "verify", dir).status, 0);
	const other = entries.map((e) => Buffer.from(e));
	other[777][30] ^= 1;
	for (const list of [other, entries.slice(0, -1), [entries[1], entries[0], ...entries.slice(2)]]) {
		put(list);
		assert.throws(() => checkLog(list, head));
		const said = run("campaign", "verify", dir);
		assert.equal(said.status, 1);
		assert.match(said.stderr, /something else than its signed head|are to be had/);
	}
	put(entries);
	writeFileSync(join(dir, "checkpoint"), note.replace(`count ${N}`, `count ${N + 1}`));
	assert.throws(() => readHead(note.replace(`count ${N}`, `count ${N + 1}`), key));
	assert.match(run("campaign", "verify", dir).stderr, /not signed with its key/);
	/* A head from before: its beginning. */
	const vectors = JSON.parse(readFileSync("tests/vectors/campaign.json"));
	writeFileSync(join(dir, "checkpoint"), note);
	writeFileSync(join(dir, "since"), note);
	assert.match(run("campaign", "verify", dir, "--since", join(dir, "since")).stdout, /none of them vanished/);
	writeFileSync(join(dir, "since"), vectors.checkpoint.note);
	assert.equal(run("campaign", "verify", dir, "--since", join(dir, "since")).status, 1);
});

test("the organiser's exports hold everybody once, and the key is needed nowhere near the server", () => {
	const at = (...args) => run("-C", s.dir, "campaign", ...args);
	const mails = (json) => JSON.parse(json).map((x) => x.mail).sort();
	const direct = at("export", "water", "--key", keyFile, "--format", "json");
	assert.equal(direct.status, 0, direct.stderr);
	assert.equal(new Set(mails(direct.stdout)).size, N);
	const sealed = join(s.dir, "sealed.txt"), csv = join(s.dir, "out.csv");
	assert.equal(at("sealed", "water", "-o", sealed).status, 0);
	assert.ok(!readFileSync(sealed, "utf8").includes("person"));
	const offline = run("campaign", "export", "--sealed", sealed, "--key", keyFile, "--format", "json");
	assert.deepEqual(mails(offline.stdout), mails(direct.stdout));
	assert.equal(run("campaign", "export", "--sealed", sealed, "--key", keyFile, "-o", csv).status, 0);
	assert.equal(statSync(csv).mode & 0o777, 0o600);
	const lines = readFileSync(csv, "utf8").split("\r\n");
	assert.equal(lines.length, N + 2);
	assert.match(lines[0], /^\ufeffentry,signed_on,language,mail,name,comment,region,/);
	const news = run("campaign", "export", "--sealed", sealed, "--key", keyFile, "--format", "actionnetwork").stdout.trim().split("\r\n");
	assert.equal(news.length, N / 2 + 1, "only who asked for news");
	assert.match(news[1], /^person\d+@gmail\.com,花子\d+,山田,/);
	const osdi = JSON.parse(run("campaign", "export", "--sealed", sealed, "--key", keyFile, "--format", "osdi").stdout);
	assert.equal(osdi._embedded["osdi:signatures"].length, N);
	/* Cut short, damaged, another's key. */
	const whole = readFileSync(sealed);
	for (const [bytes, why] of [[whole.subarray(0, whole.length - 20), /cut short/], [whole.subarray(0, whole.length / 2), /cut short|damaged/], [Buffer.concat([whole.subarray(0, 2000), Buffer.from("AAAA"), whole.subarray(2004)]), /not of this key|damaged/]]) {
		writeFileSync(sealed, bytes);
		const r = run("campaign", "export", "--sealed", sealed, "--key", keyFile, "-o", csv);
		assert.equal(r.status, 1);
		assert.match(r.stderr, why);
	}
	writeFileSync(sealed, whole);
	const other = join(s.dir, "other.key");
	run("campaign", "keygen", other);
	assert.match(run("campaign", "export", "--sealed", sealed, "--key", other).stderr, /key of another campaign/);
	assert.match(at("list").stdout, new RegExp(`^ +${N}  open +water`));
	assert.equal(JSON.parse(at("list", "--json").stdout)[0].count, N);
});

test("the vectors of the formats, as Node computes them", () => {
	const v = JSON.parse(readFileSync("tests/vectors/campaign.json")), key = readKey(v.checkpoint.key);
	const head = readHead(v.checkpoint.note, key);
	assert.equal(head.size, v.checkpoint.size);
	assert.equal(head.count, v.checkpoint.count);
	const entries = v.entries.map((hex) => Buffer.from(hex, "hex"));
	checkLog(entries, head);
	for (const [size, hex] of Object.entries(v.roots)) assert.equal(root(entries.slice(0, size).map(leafHash)).toString("hex"), hex, `root of ${size}`);
	checkReceipt(v.receipt, key);
	for (const change of [(r) => { r.index++; }, (r) => { r.nonce = r.nonce.replace(/^../, "00"); }, (r) => { r.path.pop(); }, (r) => { r.size--; }]) {
		const r = structuredClone(v.receipt);
		change(r);
		assert.throws(() => checkReceipt(r, key));
	}
	for (const c of v.consistency) assert.ok(consistent(c.from, c.to, c.path.map((h) => Buffer.from(h, "hex")), Buffer.from(v.roots[c.from], "hex"), Buffer.from(v.roots[c.to], "hex")));
});
