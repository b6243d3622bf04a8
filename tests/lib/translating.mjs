/* A client of the desk: what a browser does with cookies and hidden fields, and no more. */
import assert from "node:assert/strict";

export const PASSWORD = "correct horse battery";
export const unescape = (t) => t.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");

/* The fields of the form that starts with this text. */
export function formOf(page, start = '<form class="fields') {
	const from = page.indexOf(start), form = page.slice(from, page.indexOf("</form>", from)), out = {};
	for (const [tag] of form.matchAll(/<input [^>]*>/g)) {
		const name = tag.match(/ name="([^"]*)"/)[1];
		if (/type="file"/.test(tag)) continue;
		if (!/type="checkbox"/.test(tag) || / checked/.test(tag)) out[name] = unescape(tag.match(/ value="([^"]*)"/)?.[1] ?? "");
	}
	for (const [, name, text] of form.matchAll(/<textarea [^>]*name="([^"]*)"[^>]*>\n([\s\S]*?)<\/textarea>/g)) out[name] = unescape(text);
	for (const [, name, options] of form.matchAll(/<select [^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g)) out[name] = options.match(/value="([^"]*)" selected/)?.[1] ?? "";
	return out;
}

export class Client {
	cookies = {};
	constructor(url) { this.url = url; }
	async go(path, options = {}) {
		const headers = { ...options.headers };
		if (Object.keys(this.cookies).length) headers.cookie = Object.entries(this.cookies).map(([k, v]) => `${k}=${v}`).join("; ");
		const r = await fetch(this.url + path, { redirect: "manual", ...options, headers });
		for (const line of r.headers.getSetCookie()) {
			const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
			if (/Max-Age=0/.test(line)) delete this.cookies[name];
			else this.cookies[name] = value;
		}
		return { status: r.status, location: r.headers.get("location"), headers: r.headers, text: await r.text() };
	}
	async token(path) {
		return (await this.go(path)).text.match(/name="csrf" value="([0-9a-f]{64})"/)?.[1] ?? "";
	}
	/* A plain form. */
	async send(path, fields, from = path) {
		const csrf = fields.csrf ?? await this.token(from);
		return this.go(path, { method: "POST", body: new URLSearchParams({ csrf, ...fields }) });
	}
	/* A multipart one; files are [name, file name, content]. */
	async post(path, fields, files = []) {
		const body = new FormData();
		for (const [k, v] of Object.entries(fields)) body.append(k, v);
		for (const [k, name, content] of files) body.append(k, new Blob([content]), name);
		return this.go(path, { method: "POST", body });
	}
}

/* A person who is in: invited from the shell, with a password. */
export async function enrol(site, url, login, role) {
	const link = site.run("user", "add", "--role", role, "--name", login.toUpperCase(), login).trim();
	const c = new Client(url), token = new URL(link, url).searchParams.get("token");
	const r = await c.send("/desk/invitation", { token, password: PASSWORD, again: PASSWORD }, link);
	assert.equal(r.status, 303, r.text);
	const done = await c.send("/desk/sign-in", { login, password: PASSWORD, code: "" });
	assert.equal(done.status, 303);
	return c;
}
