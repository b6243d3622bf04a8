/* Exports that are broken, hostile or huge, and an import that is killed: a clear reason, bounded time and memory, and the
 * site as it was. WXR_MIB sets the size of the huge one (16 MiB; 1024 to measure). */
import { test } from "node:test";
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { program, site } from "../lib/kairan.mjs";
import { base, head, item, tail, wxr } from "../lib/wxr.mjs";

function refused(t, content, reason, { ms = 20000 } = {}) {
  const s = site();
  const file = join(s.dir, "export.xml");
  writeFileSync(file, content);
  const started = Date.now();
  const r = spawnSync(program, ["-C", s.dir, "import", "wordpress", file], { encoding: "utf8", timeout: 120000 });
  try {
    assert.equal(r.status, 1, r.stdout + r.stderr);
    assert.match(r.stderr, reason);
    assert.match(r.stderr, /the import was undone/);
    assert.ok(Date.now() - started < ms, `took ${Date.now() - started} ms`);
    assert.deepEqual(JSON.parse(s.run("article", "list", "--json")), []);
    assert.deepEqual(JSON.parse(s.run("category", "list", "--json")), []);
    assert.match(s.run("check"), /sound/);
  } finally {
    s.remove();
  }
}

const good = wxr([{ id: 1, terms: [["category", "c", "C"]] }, { id: 2 }]);

test("a file that ends in the middle: line, column and reason, and nothing of it stays", (t) => {
  refused(t, good.slice(0, -60), /line \d+, column \d+: \S/);
});

test("a tag that does not fit names its line", (t) => {
  const broken = good.replace("</item>", "</itme>");
  refused(t, broken, new RegExp(`line ${broken.slice(0, broken.indexOf("</itme>")).split("\n").length}, column \\d+: .*mismatch: item and itme`));
});

test("what is no export", (t) => {
  refused(t, "<html><body>x</body></html>", /this is no WordPress export/);
  refused(t, "", /line \d+/);
  refused(t, "no XML at all", /line 1/);
  refused(t, readFileSync("docs/portal.png"), /line \d+|no WordPress export/);
});

test("a document type declaration is refused, and with it entities that blow up or read files", (t) => {
  const laughs = Array.from({ length: 12 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join("");
  refused(t, good.replace("<rss", `<!DOCTYPE rss [<!ENTITY l0 "lol">${laughs}]><rss`).replace("Title 1", "]]>&l12;<![CDATA["), /document type/);
  refused(t, good.replace("<rss", `<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss`), /document type/);
  refused(t, good.replace("<rss", `<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd"><rss`), /document type/);
  refused(t, good.replace("<![CDATA[Title 1]]>", "&unknown;"), /line \d+.*unknown/);
});

test("elements 100,000 deep, a tag and a comment that never end", (t) => {
  refused(t, head() + "<a>".repeat(100000), /too deep/);
  for (const start of ["<item ", "<!-- ", "<item><title><![CDATA[", "<item a='"])
    refused(t, head() + start + "x".repeat(40 << 20), /line \d+, column \d+: /);
});

test("a gzip bomb is refused early, a broken gzip file by its fault", (t) => {
  const bomb = gzipSync(Buffer.concat([Buffer.from(head() + "<item><title>"), Buffer.alloc(300 << 20, " ")]));
  assert.ok(bomb.length < 1 << 20);
  refused(t, bomb, /unpacks to more than 200 times/);
  const packed = gzipSync(wxr(Array.from({ length: 300 }, (_, i) => ({ id: i + 1, content: `${Math.random()}`.repeat(20) }))));
  refused(t, packed.subarray(0, packed.length >> 1), /gzip file is broken|line \d+/);
  const wrong = Buffer.from(packed);
  wrong.fill(0x55, packed.length >> 1, (packed.length >> 1) + 200);
  refused(t, wrong, /gzip file is broken|line \d+/);
});

function bring(xml, use) {
  const s = site();
  const file = join(s.dir, "export.xml");
  writeFileSync(file, xml);
  try {
    use(JSON.parse(s.run("import", "wordpress", "--json", file)), s);
  } finally {
    s.remove();
  }
}

test("bytes that are no UTF-8 and characters that XML forbids are replaced and told of", () => {
  const at = good.indexOf("Title 1"), latin = Buffer.concat([Buffer.from("\n \t" + good.slice(0, at)), Buffer.from([0x41, 0xff, 0x08, 0xe6, 0x97]), Buffer.from(good.slice(at))]);
  bring(latin, (sum, s) => {
    assert.equal(sum.articles.new, 2);
    assert.match(sum.problems[0].what, /no characters.*4/);
    assert.ok(JSON.parse(s.run("article", "list", "--json")).some((a) => a.title === "A\uFFFD \uFFFD\uFFFDTitle 1"));
  });
});

test("fields that are too long cost their own item alone", () => {
  bring(wxr([{ id: 1, content: "x".repeat(5 << 20) }, { id: 2, content: "y ".repeat(5 << 20) }, { id: 3, title: "t".repeat(1 << 20) }, { id: 4, terms: Array.from({ length: 1000 }, (_, i) => ["category", `c${i}`]) }, { id: 5 }]), (sum, s) => {
    assert.equal(sum.articles.new, 3);
    assert.equal(sum.problems.filter((p) => /left out: .*larger than/.test(p.what)).length, 2);
    assert.ok(sum.problems.some((p) => /too many terms/.test(p.what)));
    assert.match(s.run("check"), /sound/);
  });
});

test("bodies 10,000 deep, in brackets, in comments of blocks and in quotations", () => {
  bring(wxr([{ id: 1, content: "<div>".repeat(10000) + "x" }, { id: 2, content: "[caption]".repeat(20000) }, { id: 3, content: "<!-- wp:group -->".repeat(10000) }, { id: 4, content: "<blockquote>\n\n".repeat(10000) }]), (sum) => assert.equal(sum.articles.new, 4));
});

test("circles and depths of categories come in at the top", () => {
  const one = (slug, parent) => `<wp:category><wp:category_nicename>${slug}</wp:category_nicename><wp:category_parent>${parent}</wp:category_parent><wp:cat_name>${slug}</wp:cat_name></wp:category>`;
  const deep = Array.from({ length: 40 }, (_, i) => one(`d${i}`, i ? `d${i - 1}` : "")).reverse().join("");
  const xml = wxr([{ id: 1, terms: [["category", "a"], ["category", "d39"]] }], one("a", "b") + one("b", "a") + one("self", "self") + deep);
  bring(xml, (sum, s) => {
    assert.equal(sum.categories, 43);
    assert.match(s.run("check"), /sound/);
    const file = join(s.dir, "export.xml");
    assert.equal(JSON.parse(s.run("import", "wordpress", "--json", file)).articles.same, 1);
  });
});

/* A body of its own for each article, of a few kilobytes. */
const body = (i) => Array.from({ length: 30 }, (_, p) => `<p>Paragraph ${p} of article ${i}: 監視カメラと暗号化について、${"文章を書く。".repeat(8)}</p>`).join("\n") + `<p><a href="${base}/slug-${i + 1}/">next</a></p>`;

function huge(file, bytes) {
  const fd = openSync(file, "w");
  let n = writeSync(fd, head()), i = 0;
  while (n < bytes) n += writeSync(fd, Array.from({ length: 50 }, () => item({ id: ++i, content: body(i), terms: [["category", `c${i % 30}`], ["post_tag", `t${i % 100}`]] })).join(""));
  writeSync(fd, tail);
  closeSync(fd);
  return i;
}

const peak = (pid) => { try { return Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/VmHWM:\s*(\d+)/)[1]); } catch { return 0; } };

async function measured(s, file) {
  const child = spawn(program, ["-C", s.dir, "import", "wordpress", "--json", file], { stdio: ["ignore", "pipe", "inherit"],
    /* AddressSanitizer would keep what is freed, up to 256 MiB of it. */
    env: { ...process.env, ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ""}:quarantine_size_mb=1:thread_local_quarantine_size_kb=64` } });
  let out = "", most = 0;
  child.stdout.on("data", (d) => (out += d));
  const timer = setInterval(() => (most = Math.max(most, peak(child.pid))), 20);
  const code = await new Promise((done) => child.on("close", done));
  clearInterval(timer);
  assert.equal(code, 0);
  return { sum: JSON.parse(out), mib: most / 1024 };
}

test("memory does not grow with the export", { skip: process.platform !== "linux" && "needs /proc" }, async (t) => {
  const mib = Number(process.env.WXR_MIB || 16), s = site(), other = site();
  const file = join(s.dir, "huge.xml"), small = join(other.dir, "small.xml");
  try {
    const n = huge(file, mib << 20), few = huge(small, (mib << 20) / 8);
    const one = await measured(other, small), all = await measured(s, file);
    t.diagnostic(`${mib} MiB, ${n} articles: ${all.mib.toFixed(0)} MiB at the most, ${(n / all.sum.seconds).toFixed(0)} a second; ${few} articles: ${one.mib.toFixed(0)} MiB`);
    assert.equal(all.sum.articles.new, n);
    /* What does grow: an article's number in the lists of changes and of links; the database's index of what is not yet
     * committed. A file that was held would be more by far. */
    assert.ok(all.mib - one.mib < 4 + mib / 16, `${one.mib} MiB became ${all.mib} MiB`);
  } finally {
    s.remove();
    other.remove();
  }
});

test("an import that is killed leaves the site as it was, at whatever point", async () => {
  const s = site();
  const file = join(s.dir, "export.xml");
  try {
    s.run("import", "wordpress", (writeFileSync(join(s.dir, "first.xml"), wxr([{ id: 1000000 }])), join(s.dir, "first.xml")));
    const n = huge(file, 3 << 20);
    let killed = 0;
    for (let i = 0; i < 8; i++) {
      const child = spawn(program, ["-C", s.dir, "import", "wordpress", file], { stdio: "ignore" });
      const timer = setTimeout(() => child.kill("SIGKILL"), 20 + Math.random() * 100 * (i + 1));
      const [, signal] = await new Promise((done) => child.on("exit", (...how) => done(how)));
      clearTimeout(timer);
      const there = JSON.parse(s.run("article", "list", "--json")).length;
      assert.match(s.run("check"), /sound/);
      if (signal) {
        killed++;
        assert.ok(there === 1 || there === n + 1, `${there} articles`);
      }
      if (there > 1) break;
    }
    assert.ok(killed > 0);
    const sum = JSON.parse(s.run("import", "wordpress", "--json", file));
    assert.equal(sum.articles.new + sum.articles.same, n);
    rmSync(file);
  } finally {
    s.remove();
  }
});
