/*
 * Signing under load, against the bars of the campaigns' design: confirmed signatures a second with 64 clients, each on the
 * disk before its answer, beside plain SQLite with the same rows; the campaign's page meanwhile; memory; the export.
 *
 *   SIGNATURES=N   how many in the loads (100000); 1000000 for the whole
 *   PAGE_CLIENTS=N readers of the page (4)
 *
 * KAIRAN names the program; bench_campaign stands beside it in the build.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { program, start } from "../tests/lib/kairan.mjs";

const N = Number(process.env.SIGNATURES || 100000), STEP = 50000, READERS = Number(process.env.PAGE_CLIENTS || 4);
const tool = join(dirname(program), "../../bench/bench_campaign");
const dir = mkdtempSync(join(tmpdir(), "kairan-signing-")), site = join(dir, "site"), key = join(dir, "organiser.key");
const run = (...args) => execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 28 });
const said = (what, measured, bar, met) => console.log(`${met === undefined ? "       " : met ? "met    " : "MISSED "} ${what}: ${measured}${bar ? ` (bar: ${bar})` : ""}`);
const memory = (pid) => Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/RssAnon:\s*(\d+)/)[1]) / 1024;

/* The page, as many clients as are told, for as long as they are told. */
function readers(url, seconds) {
	const { hostname, port } = new URL(url);
	return new Promise((done) => {
		const child = spawn(tool, ["get", hostname, port, "/campaigns/water", String(READERS), String(seconds)], { stdio: ["ignore", "pipe", "inherit"] });
		let out = "";
		child.stdout.on("data", (data) => { out += data; });
		child.on("close", () => done(JSON.parse(out).rate));
	});
}
function post(url, tokens) {
	const { hostname, port } = new URL(url), input = openSync(tokens, "r");
	return new Promise((done) => {
		const child = spawn(tool, ["post", hostname, port, "/campaigns/water/confirm", "64"], { stdio: [input, "pipe", "inherit"] });
		let out = "";
		child.stdout.on("data", (data) => { out += data; });
		child.on("close", () => { closeSync(input); done(JSON.parse(out)); });
	});
}
function people(from, n) {
	const file = join(dir, "tokens");
	writeFileSync(file, "");
	appendFileSync(file, execFileSync(tool, ["tokens", site, "water", String(from), String(n)], { maxBuffer: 1 << 28 }));
	return file;
}

let server;
try {
	run("-C", site, "init");
	appendFileSync(join(site, "kairan.conf"), "signatures_an_hour 100000000\nconnections_per_address 100000\n");
	execFileSync(tool, ["make", site, "water", run("campaign", "keygen", key).trim()]);
	server = await start(["-C", site, "serve", "--listen", "127.0.0.1:0"]);
	await readers(server.url, 1);
	const rates = [], sizes = [];
	for (let at = 0; at < N; at += STEP) {
		const n = Math.min(STEP, N - at), tokens = people(at, n), r = await post(server.url, tokens);
		if (r.done !== n) throw new Error(`${r.done} of ${n} were confirmed`);
		rates.push(r.rate);
		sizes.push(memory(server.child.pid));
	}
	const bare = JSON.parse(execFileSync(tool, ["bare", dir, String(Math.min(N, STEP))])).rate;
	const rate = [...rates].sort((a, b) => a - b)[Math.floor(rates.length / 2)];
	said("confirmed signatures a second, 64 clients", `${rate} (first ${rates[0]}, last ${rates.at(-1)})`, "5000", rate >= 5000);
	said("the same of plain SQLite, by hundreds", `${bare}; that is ${(100 * rate / bare).toFixed(0)} %`, "50 %", rate >= bare / 2);
	const half = sizes[Math.floor(sizes.length / 2)];
	said("memory that is its own", `${sizes[0].toFixed(0)} MiB after ${Math.min(N, STEP)}, ${half.toFixed(0)} halfway, ${sizes.at(-1).toFixed(0)} after ${N}`, "flat from halfway", sizes.at(-1) <= half * 1.05 + 1);
	/* Readers alone, then while people sign at a pace that a campaign may have, then as fast as they can. */
	const idle = await readers(server.url, 3), tokens = people(N, STEP), load = post(server.url, tokens);
	await sleep(300);
	const busy = await readers(server.url, 3), signing = await load;
	said("the page, requests a second", `${idle} idle, ${busy} while ${signing.rate} a second sign: ${(100 * busy / idle).toFixed(0)} %`, "90 %", busy >= 0.9 * idle);
	await server.stop();
	server = null;
	const began = performance.now(), out = spawnSync(program, ["-C", site, "campaign", "export", "water", "--key", key, "-o", join(dir, "out.csv")], { encoding: "utf8" });
	const seconds = (performance.now() - began) / 1000;
	if (out.status !== 0) throw new Error(out.stderr);
	said(`export of ${N + STEP} signatures`, `${seconds.toFixed(1)} s`, `${(60 * (N + STEP) / 1e6).toFixed(0)} s`, seconds <= 60 * (N + STEP) / 1e6);
} finally {
	await server?.stop();
	rmSync(dir, { recursive: true, force: true });
}
