/* A mail server for tests: keeps what it takes, and refuses, delays, drops or hangs as told. No dependency. With `tls` (key
 * and cert) it offers STARTTLS. */
import { createServer } from "node:net";
import { TLSSocket } from "node:tls";

/* `behave` gives for a command (its verb, the whole line, the session) an answer, "drop", or nothing for the usual one. */
export async function smtp({ behave = () => undefined, delay = 0, tls, user, password } = {}) {
	const messages = [], dialogue = [], sockets = new Set();
	let connections = 0;
	const wait = (ms) => new Promise((done) => setTimeout(done, ms));

	function serve(plain) {
		const session = { from: "", to: [], secure: false, authed: false, number: ++connections };
		let buffer = "", data = null, login = 0, socket = plain, busy = Promise.resolve();
		const say = (line) => socket.writable && socket.write(line + "\r\n");
		const answers = {
			EHLO: () => { say("250-test.example\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES" + (tls && !session.secure ? "\r\n250-STARTTLS" : "") + (user ? "\r\n250-AUTH PLAIN LOGIN" : "") + "\r\n250 SIZE 1000000"); },
			HELO: () => say("250 test.example"),
			STARTTLS: () => {
				say("220 2.0.0 go on");
				session.secure = true;
				plain.removeAllListeners("data");
				socket = new TLSSocket(plain, { isServer: true, ...tls });
				socket.on("data", feed);
				socket.on("error", () => {});
			},
			AUTH: (line) => {
				const [, kind, first] = line.split(" ");
				if (kind === "LOGIN") { login = 1; session.login = []; return say("334 VXNlcm5hbWU6"); }
				if (!first) { login = 3; return say("334 "); }
				check(Buffer.from(first, "base64").toString().split("\0").slice(1));
			},
			MAIL: (line) => {
				if (user && !session.authed) return say("530 5.7.0 authentication required");
				Object.assign(session, { from: line.match(/<([^>]*)>/)[1], to: [] });
				say("250 2.1.0 ok");
			},
			RCPT: (line) => { session.to.push(line.match(/<(.*)>/)[1]); say("250 2.1.5 ok"); },
			DATA: () => { data = ""; say("354 go on"); },
			RSET: () => say("250 2.0.0 ok"),
			NOOP: () => say("250 2.0.0 ok"),
			QUIT: () => { say("221 2.0.0 bye"); socket.end(); },
		};
		function check([name, secret]) {
			session.authed = name === user && secret === password;
			say(session.authed ? "235 2.7.0 welcome" : "535 5.7.8 no");
		}
		async function line(text) {
			if (login === 3) { login = 0; return check(Buffer.from(text, "base64").toString().split("\0").slice(1)); }
			if (login) {
				session.login.push(Buffer.from(text, "base64").toString());
				if (login++ === 1) return say("334 UGFzc3dvcmQ6");
				login = 0;
				return check(session.login);
			}
			dialogue.push(text);
			const verb = text.split(/[ :]/)[0].toUpperCase();
			if (delay) await wait(delay);
			const told = behave(verb, text, session);
			if (told === "drop") return socket.destroy();
			if (told === "hang") return;
			if (told) return say(told);
			if (answers[verb]) answers[verb](text);
			else say("500 5.5.1 what");
		}
		async function feed(bytes) {
			buffer += bytes.toString("latin1");
			busy = busy.then(async () => {
				for (let at; (at = buffer.indexOf("\r\n")) >= 0;) {
					const text = buffer.slice(0, at);
					buffer = buffer.slice(at + 2);
					if (data === null) { await line(text); continue; }
					if (text !== ".") { data += text.replace(/^\./, "") + "\r\n"; continue; }
					const message = { from: session.from, to: session.to, secure: session.secure, raw: Buffer.from(data, "latin1").toString("utf8"), at: Date.now(), connection: session.number };
					data = null;
					const told = behave("END", "", session);
					if (told === "drop") { messages.push({ ...message, dropped: true }); socket.destroy(); continue; }
					if (told) { say(told); continue; }
					messages.push(message);
					say("250 2.0.0 taken");
				}
			});
		}
		plain.on("data", feed);
		plain.on("error", () => {});
		sockets.add(plain);
		plain.on("close", () => sockets.delete(plain));
		if (behave("CONNECT", "", session) === "drop") return plain.destroy();
		say(behave("CONNECT", "", session) || "220 test.example ESMTP");
	}
	const server = createServer(serve);
	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	return { url: `smtp://127.0.0.1:${server.address().port}`, port: server.address().port, messages, dialogue, connections: () => connections,
		behave: (f) => { behave = f; },
		until: async (test, ms = 15000) => {
			for (const end = Date.now() + ms; !test(messages);) {
				if (Date.now() > end) throw new Error(`not in ${ms} ms; ${messages.length} messages; ${dialogue.slice(-8).join(" | ")}`);
				await wait(20);
			}
		},
		stop: () => new Promise((done) => { for (const s of sockets) s.destroy(); server.close(done); }) };
}

/* ---- reading a message by other means than the program's ---- */

export function parse(raw) {
	const at = raw.indexOf("\r\n\r\n"), headers = {};
	for (const line of raw.slice(0, at).replace(/\r\n[ \t]+/g, " ").split("\r\n")) {
		const [, name, value] = line.match(/^([^:]+):\s*(.*)$/);
		(headers[name.toLowerCase()] ??= []).push(value);
	}
	let body = raw.slice(at + 4);
	if (/base64/i.test(headers["content-transfer-encoding"]?.[0] ?? "")) body = Buffer.from(body, "base64").toString("utf8");
	return { headers, body, text: flow(body) };
}

/* RFC 2047: encoded words next to each other are one text; each of them alone must be whole characters. */
export function words(value) {
	return value.replace(/\?=\s+=\?/g, "?==?").replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how, text) => {
		const bytes = /b/i.test(how) ? Buffer.from(text, "base64") : Buffer.from(text.replace(/_/g, " ").replace(/=([0-9A-F]{2})/gi, (__, hex) => String.fromCharCode(parseInt(hex, 16))), "latin1");
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	});
}

/* RFC 3676 with DelSp=yes. */
export function flow(body) {
	let out = "";
	for (let line of body.split("\r\n")) {
		if (line.startsWith(" ")) line = line.slice(1);
		const soft = line.endsWith(" ") && line !== "-- ";
		out += soft ? line.slice(0, -1) : line + "\n";
	}
	return out.replace(/\n$/, "");
}
