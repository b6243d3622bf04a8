/* What tests of campaigns share: an organiser's key, a site with the sample's campaigns and a mail server, the form as a browser
 * would send it, the work that the script does. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { program, start, site } from "./kairan.mjs";
import { smtp, parse, words } from "./smtp.mjs";

/* On the organiser's own machine: the file stays outside the site. */
export function organiser() {
	const dir = mkdtempSync(join(tmpdir(), "kairan-organiser-")), file = join(dir, "organiser.key");
	const publicKey = execFileSync(program, ["campaign", "keygen", file], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
	return { publicKey, file, dir, remove: () => rmSync(dir, { recursive: true }) };
}

export async function campaignSite({ conf = [], articles = true } = {}) {
	const s = site(), mail = await smtp(), keys = organiser();
	writeFileSync(join(s.dir, "kairan.conf"), ["mail_from letters@example.org", `mail_smtp ${mail.url}`, "mail_rate 100000", ...conf].join("\n") + "\n");
	if (articles) s.run("import", "markdown", "sample/articles");
	const bring = (campaign) => {
		const file = join(s.dir, "campaign.json");
		writeFileSync(file, JSON.stringify(campaign));
		return s.run("import", "campaign", file, "--key", keys.publicKey).trim();
	};
	const c = { site: s, mail, keys, bring };
	c.serve = async () => { c.server = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"], "pipe"); };
	c.stop = async () => { await c.server?.stop(); await mail.stop(); keys.remove(); s.remove(); };
	c.get = async (path, headers = {}) => { const r = await fetch(c.server.url + path, { redirect: "manual", headers }); return { status: r.status, headers: r.headers, text: await r.text() }; };
	c.post = async (path, fields, headers = {}) => {
		const r = await fetch(c.server.url + path, { method: "POST", redirect: "manual", body: fields instanceof FormData ? fields : new URLSearchParams(fields), headers });
		return { status: r.status, headers: r.headers, text: await r.text() };
	};
	/* The next message to somebody: subject, text and the link in it, as a path of this server. */
	c.mailTo = async (address, number = 1) => {
		const of = (all) => all.filter((m) => m.to[0] === address);
		await mail.until((all) => of(all).length >= number);
		const raw = of(mail.messages)[number - 1], m = parse(raw.raw);
		return { ...m, from: words(m.headers.from[0]), subject: words(m.headers.subject[0]), link: m.text.match(/^http:\/\/127\.0\.0\.1:\d+(\/\S+)$/m)?.[1] };
	};
	return c;
}

/* What themes/default/sign.js does. */
export async function work(c, slug) {
	const { ticket, bits } = JSON.parse((await c.get(`/campaigns/${slug}/work`)).text);
	for (let n = 0; ; n++) {
		const hash = createHash("sha256").update(`${ticket}.${n}`).digest();
		if (hash.readUInt32BE(0) >>> (32 - bits) === 0) return { work: ticket, n: String(n) };
	}
}

const entities = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&amp;": "&" };
export const unescape = (t) => t.replace(/&(lt|gt|quot|#39|amp);/g, (e) => entities[e]);

/* The sign form of a page with what stands in it. */
export function signForm(page) {
	const form = page.slice(page.indexOf('<form class="cam-form"'), page.indexOf("</form>", page.indexOf('<form class="cam-form"'))), out = {};
	for (const [tag] of form.matchAll(/<input [^>]*>/g)) {
		const name = tag.match(/ name="([^"]*)"/)?.[1];
		if (name && (!/type="checkbox"/.test(tag) || / checked/.test(tag))) out[name] = unescape(tag.match(/ value="([^"]*)"/)?.[1] ?? "");
	}
	for (const [, name, text] of form.matchAll(/<textarea [^>]*name="([^"]*)"[^>]*>\n([\s\S]*?)<\/textarea>/g)) out[name] = unescape(text);
	for (const [, name, options] of form.matchAll(/<select [^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g)) out[name] = options.match(/value="([^"]*)" selected/)?.[1] ?? "";
	return out;
}

/* The answer to a question of the form, as a person would find it. */
export function answer(page) {
	const [, label] = page.match(/<label for="answer">([^<]*)<\/label>/), number = "一二三四五六七八九", english = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
	const ja = label.match(/^([一二三四五六七八九])たす([一二三四五六七八九])は/), en = label.match(/^How much is (\w+) plus (\w+)\?/);
	if (ja) return String(number.indexOf(ja[1]) + number.indexOf(ja[2]) + 2);
	if (en) return String(english.indexOf(en[1]) + english.indexOf(en[2]) + 2);
	throw new Error(`what does ${label} mean?`);
}
