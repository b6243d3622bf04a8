/* What a person typed is nowhere once they have confirmed: neither in a file of the site nor in the process's memory.
 *
 * Under AddressSanitizer freed memory stays, by design; there it is told to overwrite it when it is given back, as our own
 * free() does in a plain build (src/base/wipe.c), and to keep locals on the real stack. With CI set the plain build is looked
 * into as well (tools/test.sh). */
import { test } from "node:test";
import assert from "node:assert/strict";
import { openSync, readSync, closeSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

process.env.ASAN_OPTIONS = (process.env.ASAN_OPTIONS ? process.env.ASAN_OPTIONS + ":" : "") + "max_free_fill_size=1073741824:free_fill_byte=0:detect_stack_use_after_return=0";
const { campaignSite, work, signForm } = await import("../lib/campaign.mjs");

const PERSON = { f_name: "蔵前 綾乃進", mail: "zqxj.ayanoshin@unheard-of.example", f_comment: "川の水がわたしの畑を育てました。ウグイスガワ。" };
const needles = Object.entries(PERSON).flatMap(([what, text]) => {
	const forms = { plain: text, form: encodeURIComponent(text), plus: encodeURIComponent(text).replace(/%20/g, "+"), base64: Buffer.from(text).toString("base64").replace(/=+$/, ""), upper: text.toUpperCase() };
	return Object.entries(forms).map(([form, bytes]) => ({ name: `${what} (${form})`, bytes: Buffer.from(bytes) }));
});
/* The same, with the first bytes gone, as a freed piece of memory has it. */
needles.push(...["zqxj.ayanoshin", "ayanoshin@unheard", "綾乃進", "ウグイスガワ"].map((text) => ({ name: text, bytes: Buffer.from(text) })));

function* files(dir) {
	for (const name of readdirSync(dir)) {
		const path = join(dir, name);
		if (statSync(path).isDirectory()) yield* files(path);
		else yield path;
	}
}
const inFiles = (dir) => [...files(dir)].flatMap((path) => {
	const bytes = readFileSync(path);
	return needles.filter((n) => bytes.includes(n.bytes)).map((n) => `${path}: ${n.name}`);
});

/* All of a process that can be read, a mapping after the other, into a file; what is found there. */
function inMemory(pid, copy) {
	const found = [], mem = openSync(`/proc/${pid}/mem`, "r");
	const out = openSync(copy, "w");
	closeSync(out);
	let read = 0;
	for (const line of readFileSync(`/proc/${pid}/maps`, "utf8").trim().split("\n")) {
		const [, from, to, rights, name] = line.match(/^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)$/);
		const begin = BigInt("0x" + from), size = Number(BigInt("0x" + to) - begin);
		if (!rights.startsWith("r") || name === "[vvar]" || name === "[vsyscall]" || size > 2 ** 31) continue;
		const step = 1 << 24, overlap = 256;
		for (let at = 0; at < size; at += step) {
			const room = Buffer.alloc(Math.min(step + overlap, size - at));
			let n = 0;
			try { n = readSync(mem, room, 0, room.length, begin + BigInt(at)); } catch { continue; }
			read += n;
			writeFileSync(copy, room.subarray(0, n), { flag: "a" });
			for (const needle of needles) {
				const where = room.subarray(0, n).indexOf(needle.bytes);
				if (where >= 0) found.push(`${name || "anonymous"} ${(begin + BigInt(at + where)).toString(16)}: ${needle.name}: ${room.subarray(Math.max(0, where - 40), where + 60).toString("latin1").replace(/[^ -~]/g, ".")}`);
			}
		}
	}
	closeSync(mem);
	return { found, read };
}

test("after the confirmation name and address are nowhere", async () => {
	const c = await campaignSite({ articles: false });
	try {
		const petition = JSON.parse(readFileSync("sample/campaigns/messages.json")), letter = JSON.parse(readFileSync("sample/campaigns/cameras.json"));
		c.bring(petition);
		c.bring(letter);
		await c.serve();
		const pid = c.server.child.pid, copy = join(c.site.dir, "..", `memory-${pid}`);
		const page = await c.get("/campaigns/private-messages");
		assert.equal(page.status, 200);
		const again = await c.post("/campaigns/private-messages/sign", { ...PERSON, f_prefecture: "13" });
		assert.equal(again.status, 422);
		const r = await c.post("/campaigns/private-messages/sign", { ...PERSON, f_prefecture: "13", ...(await work(c, "private-messages")) });
		assert.equal(r.status, 200, r.text);
		const { link } = await c.mailTo(PERSON.mail);
		const asked = await c.get(link);
		assert.ok(asked.text.includes("綾乃進"), "the page before the click shows what was typed");
		const done = await c.post(link, { do: "confirm" });
		assert.equal(done.status, 200, done.text);
		/* A letter too, which is on its way to somebody. */
		const form = signForm((await c.get("/campaigns/camera-rules")).text);
		const sent = await c.post("/campaigns/camera-rules/sign", { ...form, mail: PERSON.mail, f_family: "蔵前", f_given: "綾乃進", f_town: "ウグイスガワ町", text_1: PERSON.f_comment, ...(await work(c, "camera-rules")) });
		assert.equal(sent.status, 200, sent.text.match(/<main[\s\S]*<\/main>/)?.[0]);
		assert.equal((await c.post((await c.mailTo(PERSON.mail, 2)).link, { do: "confirm" })).status, 200);
		await sleep(3000); /* until the queue is at rest */
		assert.deepEqual(inFiles(c.site.dir), [], "in a file of the site");
		const memory = inMemory(pid, copy);
		/* The test itself finds what is there: what every page of this site has. */
		assert.ok(readFileSync(copy).includes(Buffer.from("private-messages")));
		assert.ok([...files(c.site.dir)].some((path) => readFileSync(path).includes(Buffer.from("private-messages"))));
		assert.ok(memory.read > 1 << 22, `${memory.read} bytes of memory were read`);
		assert.deepEqual(memory.found, [], "in the process's memory");
		rmSync(copy);
	} finally {
		await c.stop();
	}
});
