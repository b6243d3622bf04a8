/*
 * How long every page of the desk takes on a large site: 10,000 articles, 100,000 revisions and lines of the log, 200
 * categories, 2,000 tags, 30,000 redirects, 3,000 sources, 2,000 terms, a translation of 300 blocks. All GET routes of the
 * desk's table are asked for, so that a new page is measured too; each ROUNDS times, one after the other, by node:http (fetch
 * waits 40 ms for the rest of an answer that does not fit one read). The median from the request to the last byte, and beside
 * it the server's own processor time a request, which other work on the machine disturbs less.
 *
 *   KAIRAN=build/src/cli/kairan node bench/desk.mjs
 *   ROUNDS=N (20) ONLY=TEXT (addresses that have it) KEEP=DIR (a site of an earlier run, or where to leave it)
 */
import { execFileSync } from "node:child_process";
import http from "node:http";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { program, site, start } from "../tests/lib/kairan.mjs";
import { enrol, file } from "../tests/lib/desk.mjs";
import { furnish, walk } from "../tests/lib/deskpages.mjs";

const ARTICLES = 10000, REVISIONS = 10, CATEGORIES = 200, TAGS = 2000, REDIRECTS = 30000, SOURCES = 3000, TERMS = 2000, BLOCKS = 300;
const BAR = 20, ROUNDS = Number(process.env.ROUNDS || 20), only = process.env.ONLY || "";
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const line = (ms, what, more = "") => console.log(`${ms.toFixed(1).padStart(7)} ms  ${what}${more}`);
const TICKS = 100; /* a second, in /proc */

/* ---- the site ---- */

const SENTENCES = ["通信と暗号の話です。", "事業者に読まれないように封をします。", "鍵は自分だけが持ちます。", "警察が求めても渡すものがありません。", "記録を残さないことが大切です。", "古い端末は更新してください。", "監視カメラの前を通らない道もあります。"];
const paragraph = (i, n) => Array.from({ length: n }, (_, k) => SENTENCES[(i * 7 + k * 3) % SENTENCES.length]).join("");

function writeArticles(dir) {
	mkdirSync(dir);
	writeFileSync(join(dir, "categories.yaml"), Array.from({ length: CATEGORIES }, (_, i) =>
		`- slug: c${i}\n${i >= 20 ? `  parent: c${i % 20}\n` : ""}  name: {ja: 分類${i}, en: Category ${i}}\n`).join(""));
	for (let i = 0; i < ARTICLES; i++) {
		const tags = [i % TAGS, (i * 7) % TAGS, (i * 13) % 50].map((n) => `札${n}`);
		/* One category in ten holds half of them; one article in twenty is in none. */
		const categories = i % 20 === 7 ? "" : i % 2 ? `c${i % 10}` : `c${(i * 31) % CATEGORIES}`;
		/* Every fifth is the translation of the one before. */
		const name = i % 5 === 4 ? `a${i - 1}.en.md` : `a${i}.ja.md`;
		const body = Array.from({ length: 6 }, (_, k) => `## 見出し${k}\n\n${paragraph(i + k, 8)}\n`).join("\n");
		writeFileSync(join(dir, name), `---\ntitle: 記事${i}の題\ncategories: [${categories}]\ntags: [${tags.join(", ")}]\ndate: 20${10 + (i % 15)}-01-01\nauthor: 著者${i % 40}\n` +
			`draft: ${i % 25 === 3}\n---\n本文${i}です[^1]。\n\n${body}\n[^1]: 報告、2025年。<https://example.org/s${i % SOURCES}>\n`);
	}
}

/* What people would have left in years, written at once: through the forms it would take an hour. */
const LEFT = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
columns = lambda t: [r[1] for r in db.execute(f"PRAGMA table_info({t})")]
article, text = columns("article"), columns("article_text")
take = []
for name in columns("revision"):
    if name in ("id", "packed", "base"): continue
    special = {"article": "a.id", "at": "1700000000 + a.id + :k * 1000000", "person": "1", "name": "'BENCH'", "hash": "lower(hex(randomblob(16)))", "categories": "''", "tags": "''", "body": "t.body || ' 改訂' || :k"}
    take.append((name, special.get(name) or (f"a.{name}" if name in article else f"t.{name}")))
for k in range(int(sys.argv[2])):
    db.execute(f"INSERT INTO revision ({', '.join(n for n, _ in take)}) SELECT {', '.join(e for _, e in take)} FROM article a JOIN article_text t ON t.article = a.id", {"k": k})
    db.execute("INSERT INTO audit (at, person, name, action, object) SELECT 1700000000 + id + ? * 1000000, 1, 'BENCH', 'article.save', id || ' ' || title FROM article ORDER BY id", (k,))
db.executemany("INSERT OR IGNORE INTO unanswered (query, searches, first_day, last_day) VALUES (?, ?, '2026-01-01', '2026-02-01')", [(f"見つからない語{i}", 5 + i % 40) for i in range(1000)])
db.executemany("INSERT OR IGNORE INTO question (lang, text, day, times) VALUES ('ja', ?, '2026-02-01', 1)", [(f"質問{i}はどこで答えられますか",) for i in range(1000)])
db.execute("INSERT INTO review (article, state, asker, asker_name, reviewer, asked_at, judge_name, judged_at, text) SELECT id, 0, 1, 'BENCH', 0, 1700000000, '', 0, '' FROM article WHERE status = 0 LIMIT 200")
db.commit()
print(db.execute("SELECT count(*) FROM revision").fetchone()[0], "revisions,", db.execute("SELECT count(*) FROM audit").fetchone()[0], "lines of the log")
`;

function build() {
	const s = site(), source = join(s.dir, "source");
	writeArticles(source);
	execFileSync(program, ["-C", s.dir, "import", "markdown", source], { stdio: "ignore" });
	for (let i = 0; i < 30; i++) s.run("user", "add", "--role", "author", "--name", `著者${i}`, `author${i}`);
	console.log(execFileSync("python3", ["-c", LEFT, join(s.dir, "data/kairan.db"), String(REVISIONS)], { encoding: "utf8" }).trim());
	return s;
}

/* What the forms can bring quickly; and for each route the addresses that are worth asking for. */
async function fill(s, c) {
	const bring = async (what, answer) => { const r = await answer; if (r.status >= 400) throw new Error(`${what}: ${r.status} ${r.problem}`); return r; };
	const began = performance.now();
	await bring("redirects", c.upload("/desk/redirects/import", { file: file("old.csv", Array.from({ length: REDIRECTS }, (_, i) => `/old/${i},/articles/a${(i * 5) % ARTICLES}`).join("\n")) }));
	line(performance.now() - began, `${REDIRECTS} redirects read from a file`);
	await bring("synonyms", c.send("/desk/synonyms", { lines: Array.from({ length: 500 }, (_, i) => `語${i}, 言葉${i}`).join("\n") }));
	for (let i = 1; i <= 100; i++) await bring("a pin", c.send("/desk/pins/pin", { do: "save", id: "0", query: `質問${i}`, article: String(i) }));
	await bring("terms", c.upload("/desk/glossary/import", { file: file("terms.csv", "source language,language,term,translation,forbidden,note,category\n" + Array.from({ length: TERMS }, (_, i) => `ja,en,用語${i},term ${i},,,`).join("\n")) }));
	const at = await furnish(c, false);
	const long = Array.from({ length: BLOCKS }, (_, i) => `段落${i}。用語${i}と用語${(i * 7) % TERMS}。${paragraph(i, 4)}`).join("\n\n");
	at["/desk/translate/:id"] = [at["/desk/translate/:id"], (await bring("a long translation", c.save("/desk/translate/new", { text: long, lang: "en", from: "ja" }))).location];
	const article = await c.article({ title: "よく直す記事", body: long });
	for (let i = 0; i < 60; i++) await c.save(article, { body: long.replace(`段落${i}。`, `段落${i}、改訂。`) });
	const all = [...(await c.go(article + "/revisions")).text.matchAll(/href="(\/desk\/articles\/\d+\/revisions\/\d+)"/g)].map((m) => m[1]);
	at["/desk/articles/:id/revisions"] = article + "/revisions";
	at["/desk/articles/:id/revisions/:revision"] = [all[1], all.at(-2), all.at(-2) + "?to=now"];
	at["/desk/articles/:id"].push(article, `${article}?revision=${all.at(-2).match(/\d+$/)[0]}`);
	at["/desk/articles"].push("/desk/articles?page=150", "/desk/articles?status=draft", "/desk/articles?q=12", "/desk/articles?by=" + encodeURIComponent("著者7"), "/desk/articles?whose=mine", "/desk/articles?category=2&lang=en");
	at["/desk/log"] = ["/desk/log", "/desk/log?page=1000"];
	at["/desk/tags"].push("/desk/tags?q=12", "/desk/tags?page=10");
	at["/desk/categories/:id/articles"].push("/desk/categories/2/articles", "/desk/categories/2/articles?q=12");
	at["/desk/redirects"].push("/desk/redirects?page=590", "/desk/redirects?q=99", "/desk/redirects?test=/old/7");
	at["/desk/sources"] = ["/desk/sources", "/desk/sources?q=s29", "/desk/sources?page=50"];
	at["/desk/glossary"].push("/desk/glossary?q=12");
	at["/desk/media/:hash"] = [];
	return at;
}

/* A site of an earlier run, with its addresses and its cookies. */
async function prepare() {
	const kept = process.env.KEEP;
	if (kept && existsSync(join(kept, "bench.json"))) {
		const { at, cookies } = JSON.parse(readFileSync(join(kept, "bench.json")));
		return { dir: kept, at, cookies, server: await start(["-C", kept, "serve", "--listen", "127.0.0.1:0"]), remove() {} };
	}
	const s = build(), server = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]), c = await enrol(s, server.url, "bench", "owner");
	const out = { ...s, at: await fill(s, c), cookies: c.cookies, server };
	if (kept) {
		await server.stop();
		cpSync(s.dir, kept, { recursive: true, verbatimSymlinks: true, filter: (name) => !name.startsWith(join(s.dir, "source")) });
		writeFileSync(join(kept, "bench.json"), JSON.stringify({ at: out.at, cookies: out.cookies }));
		out.server = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
	}
	return out;
}

/* ---- measuring ---- */

const p = await prepare();
const cookie = Object.entries(p.cookies).map(([k, v]) => `${k}=${v}`).join("; ");
const get = (path) => new Promise((resolve, reject) => http.get(p.server.url + path, { agent: false, headers: { cookie } }, (r) => {
	r.on("data", () => {});
	r.on("end", () => resolve(r.statusCode));
}).on("error", reject));
const used = () => { const f = readFileSync(`/proc/${p.server.child.pid}/stat`, "utf8").replace(/^.*\) /, "").split(" "); return (Number(f[11]) + Number(f[12])) * 1000 / TICKS; };
let missed = 0;
try {
	while (await get("/search?q=x") !== 200) await sleep(50); /* the index of a new site is being made */
	const rows = [];
	for (const { address, open } of walk(p.at)) {
		if (open || !address.includes(only)) continue;
		const times = [], before = used();
		for (let i = 0; i < ROUNDS; i++) {
			const began = performance.now(), status = await get(address);
			times.push(performance.now() - began);
			if (status !== 200) throw new Error(`${address}: ${status}`);
		}
		rows.push({ address, ms: median(times), cpu: (used() - before) / ROUNDS });
	}
	for (const { address, ms, cpu } of rows.sort((a, b) => b.ms - a.ms)) {
		if (ms >= BAR) missed++;
		line(ms, `${ms < BAR ? "met   " : "MISSED"} ${cpu.toFixed(1).padStart(6)} ms of the processor  `, decodeURIComponent(address));
	}
	console.log(`${rows.length} pages; ${missed ? `${missed} take ${BAR} ms or more` : `all under ${BAR} ms`} at the median`);
} finally {
	await p.server.stop();
	p.remove();
}
process.exitCode = missed ? 1 : 0;
