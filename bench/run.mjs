/*
 * make bench: the figures of docs/benchmarks.md, all in one run, as medians.
 *
 *   CORPUS=DIR    a folder of HTML pages to measure on (the real help pages); otherwise 3,400 pages are made from the
 *                 sample articles
 *   QUERIES=FILE  what to search for, one a line; otherwise the beginnings of titles
 *   SECONDS=N     of each load (3), ROUNDS=N of the pairs with nginx (5)
 *   WRITE=1       writes docs/benchmarks.md
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpus, tmpdir, totalmem } from "node:os";
import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { program, start } from "../tests/lib/kairan.mjs";
import { makePages } from "./pages.mjs";

const seconds = Number(process.env.SECONDS || 3), rounds = Number(process.env.ROUNDS || 5);
const dir = mkdtempSync(join(tmpdir(), "kairan-bench-"));
const site = join(dir, "site");
const rows = [];
const children = [];

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const run = (...args) => execFileSync(program, ["-C", site, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 28 });

function row(what, measured, bar, met) {
	rows.push({ what, measured, bar, met });
	console.log(`${met === undefined ? "       " : met ? "met    " : "MISSED "} ${what}: ${measured}${bar ? ` (bar: ${bar})` : ""}`);
}

async function waitFor(url) {
	for (let i = 0; i < 400; i++) {
		try { return await fetch(url); } catch { await sleep(5); }
	}
	throw new Error(`${url} does not answer`);
}

async function startKairan() {
	const began = performance.now();
	const server = await start(["-C", site, "serve", "--listen", "127.0.0.1:0"]);
	children.push(server.child);
	await (await fetch(server.url + "/")).text();
	return { ...server, ms: performance.now() - began };
}

/* The same bytes from a file, and as little else as nginx can do: no log, connections kept; without tcp_nopush it is slower
   still. It opens the file for each request, as it does where nothing else is said; with `cached` it keeps it open, and
   looks after a minute whether it has changed. */
async function startNginx(body, cached) {
	const root = join(dir, cached ? "nginx-cached" : "nginx"), port = 20000 + ((process.pid * 2 + (cached ? 1 : 0)) % 20000);
	mkdirSync(join(root, "www"), { recursive: true });
	writeFileSync(join(root, "www", "page.html"), body);
	writeFileSync(join(root, "nginx.conf"), `${process.getuid() === 0 ? "user root; " : ""}worker_processes 2; daemon off; pid ${root}/pid; error_log ${root}/error.log;
events { worker_connections 1024; }
http { access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000000; ${cached ? "open_file_cache max=100;" : ""}
default_type "text/html; charset=utf-8";
client_body_temp_path ${root}/b; proxy_temp_path ${root}/p; fastcgi_temp_path ${root}/f; uwsgi_temp_path ${root}/u; scgi_temp_path ${root}/s;
server { listen 127.0.0.1:${port}; root ${root}/www; } }
`);
	const program = existsSync("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";
	const child = spawn(program, ["-p", root, "-c", join(root, "nginx.conf")], { stdio: "ignore" });
	children.push(child);
	const url = `http://127.0.0.1:${port}/page.html`;
	await waitFor(url);
	return { url, stop: () => new Promise((done) => { child.on("exit", done); child.kill("SIGTERM"); }) };
}

function load(url) {
	const { stdout } = spawnSync("wrk", ["-t2", "-c64", `-d${seconds}s`, url], { encoding: "utf8" });
	if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url}: ${stdout}`);
	return Number(stdout.match(/Requests\/sec:\s*([\d.]+)/)[1]);
}

const resident = (pid) => Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/VmRSS:\s*(\d+)/)[1]) / 1024;

function textBytes() {
	return Number(execFileSync("sqlite3", [join(site, "data/kairan.db"), "SELECT sum(length(CAST(text AS BLOB))) FROM rendered"], { encoding: "utf8" }));
}

async function main() {
	let corpus = process.env.CORPUS;
	if (!corpus) {
		corpus = join(dir, "pages");
		makePages(corpus, 3400);
	}
	const what = process.env.CORPUS ? "the real Japanese help pages (CORPUS)" : "3,400 pages made from the sample articles";
	run("init");
	const summary = JSON.parse(run("import", "html", corpus, "--json"));
	const articles = summary.articles.new;
	row(`import of ${articles} HTML pages`, `${Math.round(articles / summary.seconds)} a second`, "over 1,000", articles / summary.seconds > 1000);
	const began = performance.now();
	run("reindex");
	row("building the search index", `${((performance.now() - began) / 1000).toFixed(2)} s`, "under 3 s", performance.now() - began < 3000);

	const inside = JSON.parse(run("bench", "--json", ...(process.env.QUERIES ? ["--queries", process.env.QUERIES] : [])));
	const ms = (x) => `${x.toFixed(2)} ms`;
	const both = (p) => `median ${ms(p.median_ms)}, 99th percentile ${ms(p.p99_ms)}`;
	row("an article page made anew", both(inside["article page"]), "median under 1 ms", inside["article page"].median_ms < 1);
	row("a question answered, ten hits", both(inside["query alone"]), "median under 1 ms, 99th percentile under 5 ms", inside["query alone"].median_ms < 1 && inside["query alone"].p99_ms < 5);
	row("the whole search page", both(inside["search page"]));
	row("suggestions", both(inside.suggestions), "99th percentile under 2 ms", inside.suggestions.p99_ms < 2);
	row("the portal made anew", both(inside["portal page"]));
	const ratio = statSync(join(site, "data/index.db")).size / textBytes();
	row("the index's size against the text", ratio.toFixed(2), "at most 1.5", ratio <= 1.5);

	const starts = [];
	for (let i = 0; i < rounds; i++) {
		const s = await startKairan();
		starts.push(s.ms);
		await s.stop();
	}
	row("start to first answer", ms(median(starts)), "under 100 ms", median(starts) < 100);

	const server = await startKairan();
	/* Written by another process while the site serves: from its end to the first search that finds it. */
	const found = [];
	for (let i = 0; i < rounds; i++) {
		const word = `zyx${process.pid}w${i}`, folder = join(dir, word);
		mkdirSync(folder);
		writeFileSync(join(folder, "a.md"), `---\ntitle: ${word}\n---\n\n${word}\n`);
		run("import", "markdown", folder, "--json");
		const ended = performance.now();
		while ((await (await fetch(`${server.url}/api/v1/search?q=${word}`)).json()).total === 0 && performance.now() - ended < 5000);
		found.push(performance.now() - ended);
	}
	row("a new article is found by search after", ms(median(found)), "under 100 ms", median(found) < 100);
	const { articles: list } = await (await fetch(server.url + "/api/v1/articles?per_page=100")).json();
	/* A page of the usual length: the median of a hundred. */
	const pages = [];
	for (const a of list) {
		const path = new URL(a.url, server.url).pathname;
		pages.push({ path, body: Buffer.from(await (await fetch(server.url + path, { headers: { "accept-encoding": "identity" } })).arrayBuffer()) });
	}
	pages.sort((a, b) => a.body.length - b.body.length);
	const page = pages[pages.length >> 1];
	for (const cached of [false, true]) {
		const nginx = await startNginx(page.body, cached);
		const ours = [], theirs = [], ratios = [];
		for (let i = 0; i < rounds; i++) {
			ours.push(load(server.url + page.path));
			theirs.push(load(nginx.url));
			ratios.push(ours[i] / theirs[i]);
		}
		await nginx.stop();
		const measured = `${median(ratios).toFixed(2)} times (${Math.round(median(ours))} and ${Math.round(median(theirs))} a second)`;
		if (cached) row("the same against nginx with open_file_cache", measured);
		else row(`a cached article page of ${page.body.length} bytes against nginx with the same bytes from a file`, measured, "at least 1.2 times", median(ratios) >= 1.2);
	}
	row("resident memory after that load", `${resident(server.child.pid).toFixed(0)} MiB`, "under 80 MiB", resident(server.child.pid) < 80);
	await server.stop();

	if (process.env.WRITE) writeFileSync("docs/benchmarks.md", document(what));
	const missed = rows.filter((r) => r.met === false).length;
	console.log(missed ? `${missed} bars missed` : "all bars met");
	process.exitCode = missed ? 1 : 0;
}

function document(what) {
	const cpu = cpus();
	const lines = rows.map((r) => `| ${r.what} | ${r.measured} | ${r.bar || ""} | ${r.met === undefined ? "" : r.met ? "yes" : "**no**"} |`);
	return `# Benchmarks

Written by \`WRITE=1 make bench\`; do not edit. One run, medians, on ${what}.
Machine: ${cpu.length} × ${cpu[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB; load by wrk with 2 threads and 64 connections on the same machine.
What bench/run.mjs does is the definition of each line.

| what | measured | bar | met |
|---|---|---|---|
${lines.join("\n")}
`;
}

try {
	await main();
} finally {
	for (const child of children) child.kill("SIGTERM");
	rmSync(dir, { recursive: true, force: true });
}
