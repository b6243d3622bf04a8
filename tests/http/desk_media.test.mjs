/* Images at the desk, from outside: what is taken and what is refused, what readers get, and who may change what. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Client, desk, file, formOf, unescape, until } from "../lib/desk.mjs";

const data = (name) => readFileSync(new URL(`../unit/image/data/${name}`, import.meta.url));
let d, s, owner, author, reviewer, decodes;

before(async () => {
	d = await desk(["owner", "author", "reviewer"], { sample: false });
	s = d.site;
	decodes = /images: libvips/.test(s.run("check"));
	({ owner, author, reviewer } = d.people);
});
after(() => d?.close());

const bytesOf = async (path) => {
	const r = await fetch(d.url + path, { redirect: "manual" });
	return { status: r.status, location: r.headers.get("location"), type: r.headers.get("content-type"), csp: r.headers.get("content-security-policy"), bytes: Buffer.from(await r.arrayBuffer()) };
};
const add = async (who, name, as = name) => {
	const r = await who.upload("/desk/media", { file: file(as, data(name)) });
	assert.equal(r.status, 303, r.text);
	return r.location.match(/^\/desk\/media\/([0-9a-f]{32})\?saved=1$/)[1];
};
const sourceOf = (page) => page.match(/<figure class="seen">\n<img src="([^"]*)"/)[1];

test("a photograph loses place and camera, is turned upright, and is never served as anything but an image", async (t) => {
	if (!decodes) return t.skip("no libvips");
	const page = (await owner.go(`/desk/media/${await add(owner, "exif.jpg", "写真 1.jpg")}`)).text;
	assert.match(page, /48 × 80/);
	const got = await bytesOf(encodeURI(sourceOf(page)));
	assert.equal(got.status, 200);
	assert.equal(got.type, "image/jpeg");
	assert.match(got.csp, /sandbox/);
	assert.ok(data("exif.jpg").includes("Secret"));
	for (const secret of ["Secret", "Exif", "GPS", "xmpmeta"]) assert.ok(!got.bytes.includes(secret), secret);
});

test("what is no image, too large, broken or SVG is refused with what to do, and the rest is taken", async (t) => {
	if (!decodes) return t.skip("no libvips");
	const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
	const r = await owner.upload("/desk/media", { file: [file("a.png", svg), file("bomb.png", data("bomb.png")), file("cut.png", data("text.png").subarray(0, 40)), file("x.png", Buffer.from("<html>")), file("good.webp", data("plain.webp"))] });
	assert.equal(r.status, 422);
	for (const [name, why] of [["a.png", "SVG"], ["bomb.png", "大きすぎ|too large"], ["cut.png", "壊れ|broken"], ["x.png", "表示できる画像では|no image"]])
		assert.match(r.text, new RegExp(`<strong>${name}</strong> [^<]*(${why})`));
	assert.doesNotMatch(r.text, /<strong>good/);
	assert.match((await owner.go("/desk/media?q=good")).text, /good\.webp/);
	assert.equal((await owner.upload("/desk/media", { title: "x" })).status, 422);
});

test("an image in an article: words, sizes, credit follow on the reader's page at once", async (t) => {
	if (!decodes) return t.skip("no libvips");
	const path = "/desk/articles/new";
	let r = await author.upload(path, { ...formOf((await author.go(path)).text), title: "鍵の記事", body: "本文", do: "image", image: file("鍵.jpg", data("big.jpg")) });
	assert.equal(r.status, 200);
	assert.equal(formOf(r.text).body, "本文");
	const markdown = unescape(r.text.match(/id="added_image" value="([^"]*)"/)[1]);
	assert.match(markdown, /^!\[\]\(\/media\/[0-9a-f]{32}\/鍵\.jpg\)$/);
	const hash = markdown.match(/[0-9a-f]{32}/)[0];
	const article = await author.article({ title: "鍵の記事", slug: "keys", body: `本文\n\n${markdown}` });
	assert.match((await author.go(article)).text, new RegExp(`href="/desk/media/${hash}">鍵\\.jpg`));
	/* While it is a draft its author may describe the image; once it is public, an editor. */
	r = await author.send(`/desk/media/${hash}`, { do: "describe", alt_ja: "鍵の「絵」", caption_ja: "説明", credit: "花", licence: "CC BY 4.0" });
	assert.equal(r.status, 303, r.text);
	assert.doesNotMatch((await author.go(article)).text, new RegExp(`href="/desk/media/${hash}">鍵`));
	await owner.article({ status: "published" }, article);
	assert.equal((await author.send(`/desk/media/${hash}`, { do: "describe", alt_ja: "x" })).status, 403);
	assert.equal((await owner.send(`/desk/media/${hash}`, { do: "describe", alt_ja: "鍵の「絵」", caption_ja: "新しい説明", credit: "花" })).status, 303);
	const reader = new Client(d);
	const page = await until(async () => {
		const text = (await reader.go("/articles/keys")).text;
		return text.includes("<picture>") && text.includes("新しい説明") && text;
	}, 60000, "sizes come by themselves");
	assert.match(page, new RegExp(`<source type="image/webp" srcset="/media/${hash}/480/鍵\\.webp 480w, /media/${hash}/960/鍵\\.webp 960w, [^"]*" sizes=`));
	assert.match(page, /<img src="[^"]*" alt="鍵の「絵」" width="2000" height="1200" loading="lazy" decoding="async"><\/picture><figcaption>新しい説明 <small>花<\/small>/);
	const narrow = await bytesOf(encodeURI(`/media/${hash}/480/鍵.webp`));
	assert.equal(narrow.type, "image/webp");
	assert.ok(narrow.bytes.length < 46000);
	assert.equal((await bytesOf(`/media/${hash}/481/x.webp`)).status, 404);

	/* Another in its place: the page shows it, the old bytes are gone. */
	r = await owner.upload(`/desk/media/${hash}`, { do: "replace", file: file("other.png", data("text.png")) });
	assert.equal(r.status, 303, r.text);
	const other = r.location.match(/[0-9a-f]{32}/)[0];
	await until(async () => (await reader.go("/articles/keys")).text.includes(`/media/${other}/other.png" alt="鍵の「絵」"`), 15000, "the page follows");
	const old = await bytesOf(encodeURI(`/media/${hash}/鍵.jpg`));
	assert.equal(old.status, 302);
	assert.equal(old.location, `/media/${other}/other.png`);
	assert.equal((await bytesOf(encodeURI(`/media/${hash}/480/鍵.webp`))).status, 404);
	assert.equal((await owner.send(`/desk/media/${other}`, { do: "delete" })).status, 409);
	const log = (await owner.go("/desk/log")).text;
	for (const action of ["media.add", "media.describe", "media.replace"]) assert.match(log, new RegExp(`<code>${action}</code> [0-9a-f]{32}`));
});

test("a script posts an image and gets what to insert, or why not", async (t) => {
	if (!decodes) return t.skip("no libvips");
	const csrf = await author.token("/desk/account");
	let r = await author.upload("/desk/media/upload", { csrf, file: file("a.gif", data("moving.gif")), alt: "動く [絵]", lang: "ja" });
	assert.equal(r.status, 200);
	assert.equal(r.headers.get("content-type"), "application/json");
	assert.match(JSON.parse(r.text).markdown, /^!\[動く \\\[絵\\\]\]\(\/media\/[0-9a-f]{32}\/a\.gif\)$/);
	r = await author.upload("/desk/media/upload", { csrf, file: file("a.svg", Buffer.from("<svg/>")) });
	assert.equal(r.status, 422);
	assert.match(JSON.parse(r.text).error, /SVG/);
	assert.equal((await author.upload("/desk/media/upload", { csrf: "0".repeat(64), file: file("a.gif", data("moving.gif")) })).status, 403);
	assert.equal((await reviewer.upload("/desk/media/upload", { csrf: await reviewer.token("/desk/account"), file: file("a.gif", data("moving.gif")) })).status, 403);
});

test("who may see, describe, replace and delete", async (t) => {
	if (!decodes) return t.skip("no libvips");
	const hash = await add(owner, "plain.avif");
	for (const who of [owner, author, reviewer]) {
		assert.equal((await who.go("/desk/media")).status, 200);
		assert.equal((await who.go(`/desk/media/${hash}`)).status, 200);
	}
	assert.equal((await new Client(d).go("/desk/media")).status, 303);
	assert.equal((await owner.go("/desk/media/" + "0".repeat(32))).status, 404);
	const csrf = await reviewer.token("/desk/account");
	assert.equal((await reviewer.send(`/desk/media/${hash}`, { csrf, do: "describe", alt_ja: "x" })).status, 403);
	assert.equal((await author.send(`/desk/media/${hash}`, { do: "delete" })).status, 403);
	assert.equal((await author.send(`/desk/media/${hash}`, { do: "describe", alt_ja: "x".repeat(3000) })).status, 413);
	assert.equal((await owner.send(`/desk/media/${hash}`, { do: "delete" })).status, 303);
	assert.equal((await owner.go(`/desk/media/${hash}`)).status, 404);
});

test("the shell lists images and makes those of an import ready", async (t) => {
	if (!decodes) return t.skip("no libvips");
	s.run("media", "sizes");
	const all = JSON.parse(s.run("media", "list", "--json"));
	assert.ok(all.length >= 3);
	for (const m of all) assert.equal(m.state, "ready", m.name);
});
