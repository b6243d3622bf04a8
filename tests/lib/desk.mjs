/* The desk from outside, as a browser without script sees it: cookies, forms, hidden fields; people with each role; a site that
 * is served. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { start, site } from "./kairan.mjs";

export const PASSWORD = "correct horse battery";
export const ROLES = ["owner", "editor", "translator", "author", "reviewer"];

export const unescape = (t) => t.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");
export const number = (path) => path.match(/(\d+)$/)[1];
/* A file for a form. */
export const file = (name, content) => new File([content], name);

/* What a browser would send of the first form after `mark`, without a button; what has several values is a list. */
export function formOf(page, mark = '<form class="fields') {
	page = page.replaceAll("\r\n", "\n"); /* as every HTML parser reads it */
	const from = page.indexOf(mark);
	assert.ok(from >= 0, "there is a form: " + (page.match(/role="alert">([^<]*)/)?.[1] ?? page.slice(0, 300)));
	const form = page.slice(from, page.indexOf("</form>", from)), out = {};
	const put = (name, value) => { out[name] = name in out ? [out[name], value].flat() : value; };
	for (const [tag] of form.matchAll(/<input [^>]*>/g)) {
		const name = tag.match(/ name="([^"]*)"/)?.[1], type = tag.match(/ type="([^"]*)"/)?.[1];
		if (name && type !== "file" && !(["checkbox", "radio"].includes(type) && !/ checked/.test(tag))) put(name, unescape(tag.match(/ value="([^"]*)"/)?.[1] ?? ""));
	}
	for (const [, name, text] of form.matchAll(/<textarea [^>]*name="([^"]*)"[^>]*>\n?([\s\S]*?)<\/textarea>/g)) put(name, unescape(text));
	for (const [, name, options] of form.matchAll(/<select [^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g)) put(name, unescape((options.match(/value="([^"]*)" selected/) ?? options.match(/value="([^"]*)"/))?.[1] ?? ""));
	return out;
}

class Answer {
	constructor(r, text) { Object.assign(this, { status: r.status, location: r.headers.get("location"), type: r.headers.get("content-type"), headers: r.headers, text }); }
	hidden(name) { return this.text.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1] ?? ""; }
	get csrf() { return this.hidden("csrf"); }
	get problem() { return unescape(this.text.match(/role="alert">([^<]*)/)?.[1] ?? ""); }
	/* What the page gives to the script that asks for a passkey. */
	get passkey() { return JSON.parse(unescape(this.text.match(/data-passkey="([^"]*)"/)?.[1] ?? "null")); }
}

export class Client {
	cookies = {};
	/* An address, or whatever has one as `url` (a desk that is stopped and served again has another then). */
	constructor(at) { this.at = at; }
	get url() { return this.at.url ?? this.at; }
	async go(path, options = {}) {
		const headers = { ...options.headers };
		if (Object.keys(this.cookies).length) headers.cookie = Object.entries(this.cookies).map(([k, v]) => `${k}=${v}`).join("; ");
		const r = await fetch(this.url + path, { redirect: "manual", ...options, headers });
		this.set = r.headers.getSetCookie();
		for (const line of this.set) {
			const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
			if (/Max-Age=0/.test(line)) delete this.cookies[name];
			else this.cookies[name] = value;
		}
		return new Answer(r, await r.text());
	}
	async hidden(path, name) { return (await this.go(path)).hidden(name); }
	/* The token of a session is the same on every page. */
	token(path = "/desk/account") { return this.hidden(path, "csrf"); }
	async #fill(path, fields, from) {
		return { ...fields, csrf: fields.csrf ?? await this.token(from ?? (this.cookies.kairan_desk ? undefined : path)) };
	}
	/* A plain form; a value may be a list. `from`: the page it stands on, where that matters. */
	async send(path, fields, from) {
		const body = new URLSearchParams();
		for (const [k, v] of Object.entries(await this.#fill(path, fields, from))) for (const one of [v].flat()) body.append(k, one);
		return this.go(path, { method: "POST", body });
	}
	/* A multipart one, of just these fields and changes of them. */
	post(path, fields, changes = {}) {
		const body = new FormData();
		for (const [k, v] of Object.entries({ ...fields, ...changes })) for (const one of [v].flat()) body.append(k, one);
		return this.go(path, { method: "POST", body });
	}
	async upload(path, fields, from) { return this.post(path, await this.#fill(path, fields, from)); }
	/* The form of a page, with what it says already and some fields changed. */
	async save(path, changes, mark) { return this.post(path, formOf((await this.go(path)).text, mark), changes); }
	/* The address of a new article, or of one with some fields changed. */
	async article(fields, path) {
		const r = await this.save(path ?? "/desk/articles/new", path ? fields : { title: "題", body: "本文", ...fields });
		assert.equal(r.status, 303, r.problem || r.text);
		return r.location.replace(/\?.*/, "");
	}
	signIn(login, password = PASSWORD, code = "") { return this.send("/desk/sign-in", { login, password, code }, "/desk/sign-in"); }
	async isIn() { return (await this.go("/desk")).status === 200; }
}

/* Somebody invited from the shell, with a password, and in. */
export async function enrol(site, at, login, role = "editor") {
	const client = new Client(at), link = site.run("user", "add", "--role", role, "--name", login.toUpperCase(), login).trim();
	const token = new URL(link, client.url).searchParams.get("token");
	const r = await client.send("/desk/invitation", { token, password: PASSWORD, again: PASSWORD }, link);
	assert.equal(r.status, 303, r.problem || r.text);
	assert.equal((await client.signIn(login)).location, "/desk");
	return client;
}

/* A served site with the sample's articles (another folder's, or none), and somebody of each of these roles, named like it; or
 * { login: role }. */
export async function desk(roles = ROLES, { conf = "", sample = "sample/articles" } = {}) {
	const d = { site: site(), people: {}, get url() { return this.server.url; } };
	if (conf) writeFileSync(join(d.site.dir, "kairan.conf"), conf);
	if (sample) d.site.run("import", "markdown", sample);
	d.serve = async () => { d.server = await start(["-C", d.site.dir, "serve", "--listen", "127.0.0.1:0"]); };
	d.enrol = (login, role) => enrol(d.site, d, login, role);
	d.close = async () => {
		await d.server?.stop();
		d.site.remove();
	};
	await d.serve();
	for (const [login, role] of Array.isArray(roles) ? roles.map((role) => [role, role]) : Object.entries(roles)) d.people[login] = await d.enrol(login, role);
	return d;
}

/* RFC 6238: the one-time code of an app. */
export function oneTimeCode(secret, at = Date.now()) {
	const bits = [...secret].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(Math.floor(at / 30000)));
	const digest = createHmac("sha1", Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)))).update(counter).digest();
	return String((digest.readUInt32BE(digest[19] & 15) & 0x7fffffff) % 1000000).padStart(6, "0");
}

/* What `look` gives once it is something. */
export async function until(look, ms, message) {
	for (const end = Date.now() + ms; ;) {
		const got = await look();
		if (got) return got;
		assert.ok(Date.now() < end, message);
		await new Promise((r) => setTimeout(r, 20));
	}
}
