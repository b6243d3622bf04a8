/* The desk over HTTP as a browser without script sees it: cookies, hidden fields, forms. */
import assert from "node:assert/strict";

export const PASSWORD = "correct horse battery";

export const unescape = (t) => t.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");

/* What a browser would send of the first form after `mark`, as [name, value] pairs. */
export function formOf(page, mark = '<form class="fields') {
	page = page.replaceAll("\r\n", "\n"); /* as every HTML parser reads it */
	const from = page.indexOf(mark);
	assert.ok(from >= 0, "there is a form: " + (page.match(/role="alert">([^<]*)/)?.[1] ?? page.slice(0, 300)));
	const form = page.slice(from, page.indexOf("</form>", from));
	const out = [];
	for (const [tag] of form.matchAll(/<input [^>]*>/g)) {
		const name = tag.match(/ name="([^"]*)"/)?.[1], type = tag.match(/ type="([^"]*)"/)?.[1];
		if (name && !(["checkbox", "radio"].includes(type) && !/ checked/.test(tag)) && type !== "file") out.push([name, unescape(tag.match(/ value="([^"]*)"/)?.[1] ?? "")]);
	}
	for (const [, name, text] of form.matchAll(/<textarea [^>]*name="([^"]*)"[^>]*>\n?([\s\S]*?)<\/textarea>/g)) out.push([name, unescape(text)]);
	for (const [, name, options] of form.matchAll(/<select [^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g)) out.push([name, options.match(/value="([^"]*)" selected/)?.[1] ?? ""]);
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
		return { status: r.status, location: r.headers.get("location"), type: r.headers.get("content-type"), text: await r.text() };
	}
	/* A multipart form; `changes` take the place of fields of the same name. */
	async post(path, fields, changes = {}) {
		const body = new FormData();
		for (const [k, v] of fields) if (!(k in changes)) body.append(k, v);
		for (const [k, v] of Object.entries(changes)) for (const one of [v].flat()) body.append(k, one);
		return this.go(path, { method: "POST", body });
	}
	async save(path, changes) {
		return this.post(path, formOf((await this.go(path)).text), changes);
	}
	async enrol(site, login, role) {
		const link = site.run("user", "add", "--role", role, "--name", login.toUpperCase(), login).trim();
		const token = new URL(link, this.url).searchParams.get("token");
		const page = (await this.go(link)).text;
		assert.equal((await this.post("/desk/invitation", formOf(page), { token, password: PASSWORD, again: PASSWORD })).status, 303);
		return this.signIn(login);
	}
	async signIn(login) {
		const r = await this.post("/desk/sign-in", formOf((await this.go("/desk/sign-in")).text), { login, password: PASSWORD });
		assert.equal(r.location, "/desk", r.text);
		return this;
	}
}
