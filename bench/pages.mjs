/* Pages to measure on where no real corpus is at hand: sentences of the sample articles, put together anew. The same
 * pages on every machine. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/* A linear congruential generator: repeatable, which is all that is asked of it. */
function random(seed) {
	let state = seed >>> 0;
	return (n) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return Math.floor((state / 2 ** 32) * n);
	};
}

function sentences(folder) {
	const out = [];
	for (const name of readdirSync(folder).filter((f) => f.endsWith(".ja.md"))) {
		const body = readFileSync(join(folder, name), "utf8").split("---\n").slice(2).join("---\n");
		for (const line of body.split("\n")) {
			if (/^[[#|!{]/.test(line)) continue;
			for (const s of line.replace(/[*[\]^`]|\(.*?\)/g, "").split(/(?<=。)/)) {
				if (s.length > 8 && s.length < 200) out.push(s.trim());
			}
		}
	}
	return out;
}

export function makePages(dir, n) {
	const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
	const all = sentences("sample/articles"), next = random(20260401);
	mkdirSync(dir, { recursive: true });
	for (let i = 0; i < n; i++) {
		const pick = () => all[next(all.length)];
		const title = escape(pick().slice(0, 12 + next(16)).replace(/[、。]/g, "") + ` ${i + 1}`);
		let body = "";
		for (let h = 0; h < 2 + next(4); h++) {
			body += `<h2>${escape(pick().slice(0, 14))}</h2>`;
			for (let p = 0; p < 2 + next(4); p++) body += `<p>${escape(pick() + pick() + pick())}</p>`;
		}
		writeFileSync(join(dir, `page-${String(i + 1).padStart(5, "0")}.html`),
			`<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>${title}</title></head><body><main><h1>${title}</h1>${body}</main></body></html>`);
	}
}
