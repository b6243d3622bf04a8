"use strict";
/* A little work instead of a question: a number whose SHA-256 behind the server's ticket starts with so many zero bits. Done in
 * small pieces while somebody fills in the form, so that nothing freezes; without a script the server asks a question instead.
 * SHA-256 (FIPS 180-4) is written out, because crypto.subtle is not there on plain HTTP (onion services), and is slower for many
 * short texts. */
(() => {
	const form = document.querySelector("form[data-work]");
	if (!form) return;
	const PIECE = 12, REST = 4; /* ms */
	const status = form.querySelector("[role=status]"), button = form.querySelector("button[type=submit]");

	const K = new Uint32Array(64), H = new Uint32Array(8);
	const fraction = (x) => (x - Math.floor(x)) * 4294967296;
	for (let n = 2, found = 0; found < 64; n++) {
		let prime = true;
		for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
		if (!prime) continue;
		if (found < 8) H[found] = fraction(Math.sqrt(n));
		K[found++] = fraction(Math.cbrt(n));
	}
	const W = new Uint32Array(64);
	/* Of a text that fits into two blocks; as eight words. */
	function sha256(bytes, length, out) {
		out.set(H);
		const blocks = (length + 9 + 63) >> 6;
		for (let block = 0; block < blocks; block++) {
			for (let i = 0; i < 16; i++) {
				let word = 0;
				for (let j = 0; j < 4; j++) {
					const at = block * 64 + i * 4 + j;
					word = word << 8 | (at < length ? bytes[at] : at === length ? 0x80 : 0);
				}
				W[i] = word;
			}
			if (block === blocks - 1) W[15] = length * 8;
			for (let i = 16; i < 64; i++) {
				const a = W[i - 15], b = W[i - 2];
				W[i] = W[i - 16] + W[i - 7] + ((a >>> 7 | a << 25) ^ (a >>> 18 | a << 14) ^ a >>> 3) + ((b >>> 17 | b << 15) ^ (b >>> 19 | b << 13) ^ b >>> 10);
			}
			let [a, b, c, d, e, f, g, h] = out;
			for (let i = 0; i < 64; i++) {
				const t1 = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) + K[i] + W[i] | 0;
				const t2 = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c) | 0;
				h = g; g = f; f = e; e = d + t1 | 0; d = c; c = b; b = a; a = t1 + t2 | 0;
			}
			out[0] += a; out[1] += b; out[2] += c; out[3] += d; out[4] += e; out[5] += f; out[6] += g; out[7] += h;
		}
	}
	const good = (words, bits) => bits <= 32 ? words[0] >>> (32 - bits) === 0 : words[0] === 0 && words[1] >>> (64 - bits) === 0;

	const rest = (ms) => new Promise((done) => setTimeout(done, ms));
	async function solve({ ticket, bits }) {
		const bytes = new Uint8Array(192), words = new Uint32Array(8);
		const start = new TextEncoder().encodeInto(ticket + ".", bytes).written;
		for (let n = 0;;) {
			for (const end = performance.now() + PIECE; performance.now() < end;) {
				for (let i = 0; i < 64; i++, n++) {
					const digits = String(n);
					for (let j = 0; j < digits.length; j++) bytes[start + j] = digits.charCodeAt(j);
					sha256(bytes, start + digits.length, words);
					if (good(words, bits)) return n;
				}
			}
			await rest(REST);
		}
	}

	let work = null, until = 0;
	async function begin() {
		const answer = await fetch(form.dataset.work, { credentials: "omit", cache: "no-store" });
		if (!answer.ok) throw new Error(String(answer.status));
		const task = await answer.json();
		until = performance.now() + (task.seconds - 60) * 1000;
		return { work: task.ticket, n: await solve(task) };
	}
	const get = () => work && performance.now() < until ? work : work = begin();
	const hide = (name, value) => {
		const field = form.querySelector(`input[type=hidden][name=${name}]`) || form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
		field.value = value;
	};

	/* Nobody who only reads has to work. */
	form.addEventListener("focusin", () => { get().catch(() => { work = null; }); }, { once: true });
	let done = false;
	form.addEventListener("submit", async (event) => {
		if (done) return;
		event.preventDefault();
		status.textContent = form.dataset.busy;
		button.disabled = true;
		try {
			for (const [name, value] of Object.entries(await get())) hide(name, value);
		} catch { /* then the server asks its question */ }
		button.disabled = false;
		status.textContent = "";
		done = true;
		form.submit();
	});
	/* Who comes back to the page may send it once more. */
	addEventListener("pageshow", (event) => { if (event.persisted) { done = false; work = null; } });
})();
