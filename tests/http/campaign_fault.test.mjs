/* kill -9 at random points while people sign, write letters and withdraw: nothing that was answered is lost, nothing is
 * counted or generated twice, the log stays whole. FAULTS says how often (8; 200 before a release). */
import { test } from "node:test";
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { program, site } from "../lib/kairan.mjs";
import { organiser } from "../lib/campaign.mjs";

const root = join(dirname(program), "../.."), times = Number(process.env.FAULTS || 8);
const driver = join(root, "tests/fault/fault_signing"), bench = join(root, "bench/bench_campaign");

/* One life: what it said until it was killed. */
async function life(dir, from, ms) {
	const child = spawn(driver, ["run", dir, "water", String(from)], { stdio: ["ignore", "pipe", "inherit"] });
	let said = "";
	child.stdout.on("data", (data) => { said += data; });
	const ended = new Promise((done) => child.on("close", (code, signal) => done(signal)));
	for (let i = 0; i < 1000 && !said; i++) await sleep(5); /* until it is open */
	await sleep(ms);
	child.kill("SIGKILL");
	assert.equal(await ended, "SIGKILL");
	return said;
}

test(`${times} times kill -9 while people sign and withdraw`, async () => {
	const s = site();
	try {
		const made = spawnSync(bench, ["make", s.dir, "water", organiser().publicKey, "letters"], { encoding: "utf8" });
		assert.equal(made.status, 0, made.stderr);
		let said = "", next = 0, confirmed = 0;
		for (let i = 0; i < times; i++) {
			const now = await life(s.dir, next, Math.random() * 120);
			said += now;
			const numbers = [...now.matchAll(/^[bswg] (\d+)$/gm)].map((m) => Number(m[1]));
			next = Math.max(next, ...numbers) + 100; /* some have begun and not said so */
			confirmed += (now.match(/^s /gm) ?? []).length;
			/* A half-written last line is not said. */
			const check = spawnSync(driver, ["check", s.dir, "water"], { input: said.slice(0, said.lastIndexOf("\n") + 1), encoding: "utf8" });
			assert.equal(check.status, 0, check.stdout + check.stderr);
			if (i + 1 === times) console.log(`# ${times} kills, ${confirmed} confirmed: ${check.stdout.trim()}`);
		}
		assert.ok(confirmed > times, "people signed meanwhile");
	} finally {
		s.remove();
	}
});
