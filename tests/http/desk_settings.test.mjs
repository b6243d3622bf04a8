/* What owners set, from outside: settings, looks, menus, pages that stand apart, the overview. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { join } from "node:path";
import { desk, until, ROLES } from "../lib/desk.mjs";

let d, owner;
before(async () => {
	d = await desk();
	owner = d.people.owner;
});
after(() => d?.close());

const unescape = (t) => t.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");

/* The n-th form to this address, as a browser would send it without a button. */
function fieldsOf(page, action, n = 0) {
	const form = page.split(/(?=<form )/).filter((f) => f.startsWith("<form") && f.includes(`action="${action}"`))[n].split("</form>")[0];
	const out = {};
	for (const [tag] of form.matchAll(/<input [^>]*>/g)) {
		const name = tag.match(/ name="([^"]*)"/)?.[1];
		if (!name || / type="file"/.test(tag) || (/type="checkbox"/.test(tag) && !/ checked/.test(tag))) continue;
		out[name] = unescape(tag.match(/ value="([^"]*)"/)?.[1] ?? "");
	}
	for (const [, name, text] of form.matchAll(/<textarea [^>]*name="([^"]*)"[^>]*>\n([\s\S]*?)<\/textarea>/g)) out[name] = unescape(text);
	return out;
}

async function send(path, changes, n = 0, c = owner) {
	const body = new FormData();
	for (const [k, v] of Object.entries({ ...fieldsOf((await c.go(path)).text, path, n), ...changes })) {
		if (v !== undefined) body.append(k, v instanceof Blob ? v : String(v));
	}
	return c.go(path, { method: "POST", body });
}

const reader = async (path) => {
	const r = await fetch(d.server.url + path, { redirect: "manual" });
	return { status: r.status, text: await r.text(), location: r.headers.get("location"), cache: r.headers.get("cache-control") };
};
const shown = (path, what) => until(async () => what((await reader(path)).text), 1000, `${path} shows it`);
const alert = (r) => unescape(r.text.match(/role="alert">([^<]*)/)?.[1] ?? "");

test("each page is for the roles that may see it, and a form without its token does nothing", async () => {
	const table = { "/desk/settings": "owner", "/desk/settings/look": "owner", "/desk/settings/menus": "owner", "/desk/settings/preview.css": "owner",
		"/desk/pages": "owner editor", "/desk": ROLES.join(" "), "/desk/articles": ROLES.join(" ") };
	for (const [path, may] of Object.entries(table)) {
		for (const role of ROLES) {
			const allowed = may.split(" ").includes(role);
			assert.equal((await d.people[role].go(path)).status, allowed ? 200 : 403, `${role} ${path}`);
			if (!path.endsWith(".css") && path !== "/desk" && path !== "/desk/articles")
				assert.equal((await d.people[role].go(path, { method: "POST", body: new URLSearchParams({ do: "save" }) })).status, 403, `${role} sends ${path}`);
		}
	}
});

test("by default the portal says what the readers know", async () => {
	assert.match((await reader("/en")).text, /<h1>Howdy! How can we help you\?<\/h1>/);
	assert.match((await reader("/")).text, /<h1>こんにちは。何をお探しですか？<\/h1>/);
});

test("names, greeting and footer show at once; what did not change is not written, and the log says what did", async () => {
	const r = await send("/desk/settings", { "name.ja": "監視と<b>人権</b>", "greeting.en": "", "footer.ja": "[連絡](/pages/contact)\r\n\r\n二行目", page_size: "10" });
	assert.equal(r.status, 303, alert(r));
	await shown("/", (t) => t.includes("監視と&lt;b&gt;人権") && t.includes('<a href="/pages/contact">連絡</a>') && t.includes("<p>二行目</p>"));
	await shown("/en", (t) => /<h1>こんにちは/.test(t));
	assert.equal(d.site.run("setting", "get", "footer.ja").trim(), "[連絡](/pages/contact)\n\n二行目");
	assert.match((await owner.go("/desk/log")).text, /<code>settings.save<\/code> page_size, name.ja, footer.ja, greeting.en<|<code>settings.save<\/code> [a-z_., ]*name.ja/);
	assert.equal((await send("/desk/settings", {})).status, 303);
	assert.equal((await owner.go("/desk/log")).text.match(/<code>settings.save<\/code>/g).length, 1, "nothing changed, nothing logged");
	await send("/desk/settings", { "greeting.en": "Howdy! How can we help you?" });
});

test("a wrong value saves nothing, is marked, and what was typed stays", async () => {
	for (const [name, value] of [["base_url", "https://x.example/"], ["base_url", "javascript:alert(1)"], ["page_size", "0"], ["page_size", "ten"], ["time_zone", "Mars/Olympus"],
		["time_zone", "../../etc/passwd"], ["languages", ""], ["languages", "ja <b>"], ["footer.en", "x".repeat(66000)]]) {
		const r = await send("/desk/settings", { [name]: value, "description.ja": "must not be kept" });
		assert.equal(r.status, 422, `${name}=${value}`);
		assert.match(r.text, new RegExp(`name="${name.replace(".", "\\.")}"[^>]*aria-invalid="true"`));
		if (value.length < 100) assert.equal(fieldsOf(r.text, "/desk/settings")[name], value);
		assert.notEqual(d.site.run("setting", "get", "description.ja").trim(), "must not be kept");
	}
});

test("two owners: who saves second is told, and saves again knowingly", async () => {
	const page = (await owner.go("/desk/settings")).text, base = fieldsOf(page, "/desk/settings").base;
	assert.equal((await send("/desk/settings", { "description.en": "by one" })).status, 303);
	const late = await send("/desk/settings", { base, "description.en": "by two" });
	assert.equal(late.status, 409);
	const fields = fieldsOf(late.text, "/desk/settings");
	assert.equal(fields["description.en"], "by two");
	assert.equal(d.site.run("setting", "get", "description.en").trim(), "by one");
	assert.equal((await send("/desk/settings", fields)).status, 303);
	assert.equal(d.site.run("setting", "get", "description.en").trim(), "by two");
});

test("a time zone by name: each date has the hour of its own season", async () => {
	assert.equal((await send("/desk/settings", { time_zone: "Europe/Berlin" })).status, 303);
	const path = await owner.article({ title: "夏と冬", status: "published", published_date: "2026-07-01", published_time: "00:30" });
	assert.match((await owner.go(path)).text, /value="2026-07-01"[\s\S]*value="00:30"/);
	const id = path.match(/\d+$/)[0];
	const published = (want) => until(async () => JSON.parse((await reader(`/api/v1/articles/${id}`)).text).published === want, 1000, want);
	await published("2026-06-30T22:30:00Z");
	assert.equal((await owner.save(path, { published_date: "2026-01-01", published_time: "00:30" })).status, 303);
	await published("2025-12-31T23:30:00Z");
	assert.equal((await send("/desk/settings", { time_zone: "Asia/Tokyo" })).status, 303);
});

test("another main language: old addresses lead to the new ones", async () => {
	await owner.article({ title: "日本語だけ", slug: "only-ja", status: "published" });
	await until(async () => (await reader("/articles/only-ja")).status === 200, 1000, "the article");
	assert.equal((await send("/desk/settings", { languages: "en ja" })).status, 303);
	/* The portal was perhaps in no cache, and new before the follower dropped the article. */
	await shown("/", (t) => t.includes('<html lang="en"'));
	await until(async () => (await reader("/articles/only-ja")).location === "/ja/articles/only-ja", 1000, "the old address leads on");
	assert.equal((await reader("/ja/articles/only-ja")).status, 200);
	assert.equal((await reader("/en/search")).location, "/search");
	assert.equal((await send("/desk/settings", { languages: "ja en" })).status, 303);
	await shown("/", (t) => t.includes('<html lang="ja"'));
});

const colours = async () => (await reader("/assets/site.css")).text;

test("a colour that some could not read is refused with the nearest that all can, for light and dark alike", async () => {
	const light = await send("/desk/settings/look", { accent: "#66ccff", do: "save" });
	assert.equal(light.status, 422);
	const nearest = light.text.match(/<code>(#[0-9a-f]{6})<\/code><\/strong>/)[1];
	const dark = await send("/desk/settings/look", { own_dark: "1", accent_dark: "#333333", do: "save" });
	assert.equal(dark.status, 422);
	assert.equal((await send("/desk/settings/look", { accent: "red", do: "save" })).status, 422);
	const mended = await send("/desk/settings/look", { accent: "#66ccff", do: "mend" });
	assert.equal(fieldsOf(mended.text, "/desk/settings/look").accent, nearest);
	assert.match(await colours(), /--accent:#0b5a6f/, "nothing was saved until now");
	assert.equal((await send("/desk/settings/look", { ...fieldsOf(mended.text, "/desk/settings/look"), do: "save" })).status, 303);
	assert.match(await until(async () => { const t = await colours(); return t.includes(nearest) && t; }, 1000), new RegExp(`--accent:${nearest}`));
	assert.equal((await send("/desk/settings/look", { accent: "#0b5a6f", do: "save" })).status, 303);
	const preview = await owner.go("/desk/settings/preview.css?light=}body{x&dark=");
	assert.equal(preview.status, 200);
	assert.match(preview.text, /^\.sample\.light\{--link:#[0-9a-f]{6}\}\n\.sample\.dark\{--link:#[0-9a-f]{6}\}\n$/);
});

test("own CSS is served with the site's under its own hash, and not to the desk; what reaches out is refused with its line", async () => {
	for (const [css, line] of [["a{}\n@import 'x';", 2], ["a{}\n\nb{background:url(//evil.example/x)}", 3], ["a{b:u\\72l(data:x)}", 1], ["a{", 1], ["a{behavior:url(/x)}", 1]]) {
		const r = await send("/desk/settings/look", { css, do: "save" });
		assert.equal(r.status, 422, css);
		assert.match(r.text, new RegExp(`id="css-problem">[^<]*${line}`), css);
		assert.equal(fieldsOf(r.text, "/desk/settings/look").css, css);
	}
	const address = async () => (await reader("/")).text.match(/href="(\/assets\/[0-9a-f]+\/site\.css)"/)[1];
	const before = await address();
	assert.equal((await send("/desk/settings/look", { css: ".hero h1 { letter-spacing: .1em }\r\n", do: "save" })).status, 303);
	const after = await until(async () => { const a = await address(); return a !== before && a; }, 1000);
	const css = await reader(after);
	assert.match(css.text, /^:root\{--accent:[^}]*\}\n\.hero h1 \{ letter-spacing: \.1em \}/);
	assert.match(css.cache, /immutable/);
	const old = await reader(before);
	assert.equal(old.status, 200);
	assert.doesNotMatch(old.cache, /immutable/);
	assert.doesNotMatch(await colours(), /hero/);
	assert.doesNotMatch((await owner.go("/desk")).text, /[0-9a-f]\/site\.css/);
	assert.equal((await send("/desk/settings/look", { css: "", do: "save" })).status, 303);
});

/* A square of one colour. */
function png(size) {
	const crcs = [...Array(256).keys()].map((n) => { for (let i = 0; i < 8; i++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1; return n >>> 0; });
	const crc = (bytes) => { let c = 0xffffffff; for (const b of bytes) c = crcs[(c ^ b) & 255] ^ (c >>> 8); return (c ^ 0xffffffff) >>> 0; };
	const chunk = (type, data) => {
		const body = Buffer.concat([Buffer.from(type), data]), out = Buffer.alloc(body.length + 8);
		out.writeUInt32BE(data.length, 0);
		body.copy(out, 4);
		out.writeUInt32BE(crc(body), body.length + 4);
		return out;
	};
	const head = Buffer.alloc(13);
	head.writeUInt32BE(size, 0);
	head.writeUInt32BE(size, 4);
	head.set([8, 0, 0, 0, 0], 8);
	return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk("IHDR", head), chunk("IDAT", deflateSync(Buffer.alloc((size + 1) * size))), chunk("IEND", Buffer.alloc(0))]);
}

test("an icon is told by its content, shown on every page, and taken away again", async () => {
	for (const bytes of [Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), png(16), Buffer.from("GIF89a")])
		assert.equal((await send("/desk/settings/look", { icon: new File([bytes], "icon.png", { type: "image/png" }), do: "save" })).status, 422);
	assert.equal((await send("/desk/settings/look", { icon: new File([Buffer.alloc(300 * 1024)], "x.png"), do: "save" })).status, 413);
	assert.equal((await send("/desk/settings/look", { icon: new File([png(64)], "../../x.png"), do: "save" })).status, 303);
	const path = await until(async () => (await reader("/")).text.match(/<link rel="icon" href="(\/media\/[^"]+)"/)?.[1], 1000);
	const r = await fetch(d.server.url + path);
	assert.equal(r.headers.get("content-type"), "image/png");
	assert.equal((await send("/desk/settings/look", { no_icon: "1", do: "save" })).status, 303);
	await shown("/", (t) => /<link rel="icon" type="image\/svg\+xml"/.test(t));
});

const MENUS = { ja_header: 0, ja_footer: 1, en_header: 2 };

test("menus are made, put in order and emptied without script, a language each", async () => {
	const path = "/desk/settings/menus";
	assert.equal((await send(path, { label20: "団体", url20: "https://example.org/" }, MENUS.ja_header)).status, 303);
	assert.equal((await send(path, { label20: "VPN <1>", url20: "/search?q=VPN&page=1" }, MENUS.ja_header)).status, 303);
	await shown("/", (t) => /<nav class="menu"[\s\S]*団体[\s\S]*VPN &lt;1&gt;[\s\S]*<\/nav>/.test(t) && t.includes('href="https://example.org/" rel="noopener noreferrer"'));
	assert.doesNotMatch((await reader("/en")).text, /団体/);
	assert.equal((await send(path, { do: "up 1" }, MENUS.ja_header)).status, 303);
	assert.equal(d.site.run("setting", "get", "menu_header.ja"), "/search?q=VPN&page=1 VPN <1>\nhttps://example.org/ 団体\n\n");
	assert.equal((await send(path, { label20: "下", url20: "/" }, MENUS.ja_footer)).status, 303);
	for (const [label20, url20] of [["x", "javascript:alert(1)"], ["x", "//evil.example"], ["x", "data:text/html,x"], ["", "/x"], ["x", ""], ["x".repeat(201), "/x"], ["x", "/\\evil"]]) {
		const r = await send(path, { label20, url20 }, MENUS.ja_header);
		assert.equal(r.status, 422, url20);
		assert.equal(Object.values(fieldsOf(r.text, path, MENUS.ja_header)).includes(url20), true, "what was typed stays");
	}
	assert.equal((await send(path, { menu: "name.ja", label20: "x", url20: "/" }, MENUS.ja_header)).status, 400);
	await send(path, { do: "remove 0" }, MENUS.ja_header);
	await send(path, { do: "remove 0" }, MENUS.ja_header);
	await shown("/", (t) => !t.includes('class="menu"'));
	await send(path, { do: "remove 0" }, MENUS.ja_footer);
});

test("a privacy page: begun from the text, published, in a menu, found by search or not, in no list, feed or count", async () => {
	const editor = d.people.editor;
	const before = JSON.parse(d.site.run("category", "list", "--json"));
	const made = await editor.send("/desk/pages", { do: "add", title: "プライバシー", lang: "ja", kind: "privacy" });
	assert.equal(made.status, 303, alert(made));
	const path = made.location;
	assert.match((await editor.go(path)).text, /クッキーは使いません/);
	assert.equal((await editor.save(path, { status: "published" })).status, 303);
	const page = await until(async () => { const r = await reader("/pages/privacy"); return r.status === 200 && r; }, 1000, "the page");
	assert.match(page.text, /<h1>プライバシー<\/h1>/);
	assert.doesNotMatch(page.text, /<time/);
	assert.equal((await reader("/articles/privacy")).location, "/pages/privacy");
	assert.equal((await reader("/pages/" + encodeURIComponent("no-such-page"))).status, 404);
	const article = (await reader("/")).text.match(/href="\/articles\/([^"]+)"/)[1];
	assert.equal((await reader("/pages/" + article)).location, "/articles/" + article);
	for (const path of ["/", "/feed.atom", "/tags/x"]) assert.doesNotMatch((await reader(path)).text, /プライバシー<\/a>|<title>プライバシー<\/title>/, path);
	assert.match((await reader("/sitemap.xml")).text, /\/pages\/privacy</);
	assert.doesNotMatch((await reader("/sitemap.xml")).text, /\/articles\/privacy</);
	assert.deepEqual(JSON.parse(d.site.run("category", "list", "--json")), before);
	const hits = async () => (await reader("/search?q=" + encodeURIComponent("プライバシー クッキーは使いません"))).text.includes('href="/pages/privacy"');
	await until(hits, 2000, "search finds it, at its own address");
	const id = path.match(/\d+$/)[0];
	assert.equal((await editor.send("/desk/pages", { do: "hide", id })).status, 303);
	await until(async () => !await hits(), 2000, "hidden from search");
	assert.equal((await reader("/pages/privacy")).status, 200);
	assert.equal((await editor.send("/desk/pages", { do: "find", id })).status, 303);
	await until(hits, 2000, "found again");

	/* Its translation, each other's language switch, and the menu. */
	const english = await editor.send("/desk/pages", { do: "add", title: "Privacy", lang: "en", kind: "privacy", original: id });
	assert.equal(english.status, 303);
	assert.match((await editor.go(english.location)).text, /No cookie is set/);
	assert.equal((await editor.send("/desk/pages", { do: "add", title: "Again", lang: "en", kind: "empty", original: id })).status, 409);
	assert.equal((await editor.save(english.location, { status: "published" })).status, 303);
	await until(async () => (await reader("/pages/privacy")).text.includes('href="/en/pages/privacy"'), 1000, "the switch leads to the translation");
	assert.equal((await send("/desk/settings/menus", { page: id }, MENUS.ja_footer)).status, 303);
	await until(async () => /<footer[\s\S]*href="\/pages\/privacy" aria-current="page">プライバシー/.test((await reader("/pages/privacy")).text), 1000, "in the menu, as the present page");
	assert.equal((await editor.send("/desk/pages", { do: "hide", id: "1" })).status, 404, "an article is no page");
	assert.equal((await editor.send("/desk/pages", { do: "add", title: "x", lang: "xx", kind: "empty" })).status, 400);
	assert.equal((await editor.send("/desk/pages", { do: "add", title: "", lang: "ja", kind: "empty" })).status, 422);
	assert.match((await owner.go("/desk/log")).text, /<code>page.hidden<\/code>/);
});

const tiles = async (c) => Object.fromEntries([...(await c.go("/desk")).text.matchAll(/<li( class="waits")?>(?:<a href="([^"]*)">)?<span class="number">([^<]*)<\/span> <span>([^<]*)</g)].map((m) => [m[4], { n: Number(m[3].replaceAll(",", "")), waits: !!m[1], url: m[2] }]));

test("the overview counts what is there, and its links show the same", async () => {
	const before = await tiles(owner), author = d.people.author;
	await author.article({ title: "A draft" });
	const review = await author.article({ title: "To be looked at", status: "review" });
	await owner.article({ title: "Tomorrow's", status: "scheduled", published_date: "2099-01-01", published_time: "09:00" });
	const now = await tiles(owner);
	for (const [label, more] of [["下書き", 1], ["査読待ち", 1], ["公開予約", 1], ["公開中の記事", 0]]) {
		assert.equal(now[label].n, before[label].n + more, label);
		assert.match((await owner.go(now[label].url)).text, new RegExp(`${now[label].n.toLocaleString("en")}件見つかりました`), label);
	}
	assert.equal(now["査読待ち"].waits, true);
	const page = (await owner.go("/desk")).text;
	assert.match(page, new RegExp(`href="${review}"[^>]*>To be looked at`));
	assert.match(page, /Tomorrow&#39;s|Tomorrow's/);
	assert.doesNotMatch(page, /style=/);
	assert.equal(page.match(/<rect class="bar"/g).length, 12);
	const months = [...page.matchAll(/<tr><td>(\d\d\/\d\d)<\/td><td>([\d,]+)<\/td><\/tr>/g)];
	assert.equal(months.length, 12);
	assert.match((await reader("/")).text, /全/);
});

test("the state of the site is the owner's to see: backup, index, room", async () => {
	assert.match((await owner.go("/desk")).text, /<dd class="waits">まだありません/);
	d.site.run("backup", join(d.site.dir, "copy.db"));
	const page = (await owner.go("/desk")).text;
	assert.match(page, /<dt>最後のバックアップ<\/dt>\n<dd>\d{4}-\d\d-\d\d \d\d:\d\d （0日前）<\/dd>/);
	assert.match(page, /最新です（[\d,]+件、[\d.]+ MiB）/);
	assert.match(page, /<dt>データベース<\/dt>\n<dd>[\d.]+ MiB/);
	assert.doesNotMatch((await d.people.editor.go("/desk")).text, /最後のバックアップ/);
});
