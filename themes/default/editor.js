"use strict";
/* The editor's comfort. The form works without all of this.
 *
 * What is typed is sent every few seconds and kept as a draft; while it cannot be, it stays in this browser. While an
 * input method composes, no key is taken from it and nothing is sent. */
(() => {
	const form = document.getElementById("article-form"), text = document.getElementById("body");
	const tools = document.getElementById("editor-tools")?.content.cloneNode(true);
	const save = document.getElementById("save");
	if (!form || !text || !tools || !save) return; /* nothing may be changed here */

	const KEEP = 3000, LOCAL = 400, SHOW = 600; /* ms of rest */
	const RETRY = 10000; /* ms */
	const isHtml = form.elements.format.value === "html";
	const bar = tools.querySelector(".tools"), state = tools.querySelector(".state"), beside = tools.querySelector(".beside");
	const offer = tools.querySelector(".local"), keys = tools.querySelector("dialog"), writing = text.closest(".writing");
	let composing = false;

	/* ---- what stands in the form ---- */

	const SKIPPED = ["csrf", "do", "paste_html", "paste_file"];
	const content = () => [...new FormData(form)].filter(([name, value]) => !SKIPPED.includes(name) && typeof value === "string");
	const print = (fields) => JSON.stringify(fields.filter(([name]) => name !== "draft" && name !== "base"));
	const place = "kairan:" + form.dataset.user + ":" + new URL(form.action).pathname;
	let kept = print(content()); /* what the server has, as an article or a draft */

	const say = (what, time) => {
		const message = what ? state.dataset[what].replace("#", time) : "";
		if (state.textContent !== message) state.textContent = message;
		state.classList.toggle("warn", !["kept", "pasted", undefined].includes(what));
	};

	/* ---- in this browser ---- */

	const local = {
		read() {
			try { return JSON.parse(localStorage.getItem(place)); } catch { return null; }
		},
		write(fields) {
			try {
				localStorage.setItem(place, JSON.stringify({ at: Date.now(), fields }));
				return true;
			} catch { return false; /* full, or not allowed */ }
		},
		drop() {
			try { localStorage.removeItem(place); } catch { /* then nothing was kept */ }
		},
	};

	const fill = (fields) => {
		const of = (name) => fields.filter(([n]) => n === name).map(([, value]) => value);
		for (const element of form.elements) {
			if (!element.name || SKIPPED.includes(element.name) || element.type === "submit" || element.type === "file") continue;
			const values = of(element.name);
			if (element.type === "checkbox") element.checked = values.includes(element.value);
			else if (values.length) element.value = values[0];
		}
		changed();
	};

	const offerLocal = () => {
		const old = local.read();
		if (!Array.isArray(old?.fields) || print(old.fields) === kept) return;
		offer.querySelector(".what").textContent = old.fields.find(([name]) => name === "title")?.[1] || "";
		offer.querySelector(".meta").textContent = new Date(old.at).toLocaleString(document.documentElement.lang);
		offer.hidden = false;
		offer.addEventListener("click", (e) => {
			const what = e.target.closest("button")?.dataset.do;
			if (!what) return;
			offer.hidden = true;
			if (what === "restore") fill(old.fields);
			else if (print(content()) === kept) local.drop();
			text.focus();
		});
	};

	/* A form that was sent and answered with "saved" needs its copy here no more. */
	const remember = (what) => { try { sessionStorage.setItem("kairan:sent", what); } catch { /* it is offered once too often */ } };
	const forgetSaved = () => {
		try {
			const sent = sessionStorage.getItem("kairan:sent");
			if (sent && new URLSearchParams(location.search).has("saved")) localStorage.removeItem(sent);
			sessionStorage.removeItem("kairan:sent");
		} catch { /* likewise */ }
	};

	/* ---- on the server ---- */

	let timer = 0, localTimer = 0, sending = false, refreshed = false;

	const post = (path, body) => fetch(path, { method: "POST", body, credentials: "same-origin", redirect: "error" });

	/* After a sign-in in another window the page has another token; for the same person it may be used here. */
	const refresh = async () => {
		const answer = await fetch(form.action, { credentials: "same-origin", redirect: "error" });
		const page = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("article-form");
		if (page?.dataset.user !== form.dataset.user) return false;
		document.querySelectorAll('input[name="csrf"]').forEach((input) => { input.value = page.elements.csrf.value; });
		return true;
	};

	const failed = (what) => say(local.write(content()) ? what : "nowhere");

	const keep = async () => {
		clearTimeout(timer);
		if (composing || sending) return keepSoon(KEEP);
		const fields = content(), now = print(fields);
		if (now === kept) return;
		const body = new FormData();
		for (const [name, value] of [["csrf", form.elements.csrf.value], ...fields]) body.append(name, value);
		let wait = RETRY;
		sending = true;
		try {
			const answer = await post("/desk/articles/autosave", body);
			if (answer.ok) {
				const { at, changed: byOthers } = await answer.json();
				kept = now;
				refreshed = false;
				if (print(content()) === now) local.drop();
				say(byOthers ? "changed" : "kept", at);
			} else if (answer.status === 403 && !refreshed && await refresh().catch(() => false)) {
				refreshed = true;
				wait = 0;
			} else {
				refreshed = false;
				failed(answer.status === 403 ? "out" : "refused");
			}
		} catch {
			failed("away");
		}
		sending = false;
		if (print(content()) !== kept) keepSoon(kept === now ? KEEP : wait);
	};
	const keepSoon = (ms) => {
		clearTimeout(timer);
		timer = setTimeout(keep, ms);
	};

	const changed = () => {
		if (composing) return;
		keepSoon(KEEP);
		clearTimeout(localTimer);
		localTimer = setTimeout(() => { if (print(content()) !== kept) local.write(content()); }, LOCAL);
		showSoon();
	};
	form.addEventListener("input", changed);
	form.addEventListener("change", changed);
	for (const event of ["online", "focus"]) addEventListener(event, () => { if (print(content()) !== kept) keepSoon(0); });
	/* The window closes, or the browser puts it away. */
	addEventListener("pagehide", () => {
		if (!form.dataset.sent && print(content()) !== kept) local.write(content());
	});
	form.addEventListener("submit", (e) => {
		/* Until the answer is there, what is sent is kept here as well. */
		if (e.submitter?.value === "save") {
			local.write(content());
			remember(place);
		}
		form.dataset.sent = "1";
		clearTimeout(timer);
	});
	addEventListener("pageshow", () => { delete form.dataset.sent; });

	/* ---- preview ---- */

	let showTimer = 0, showing = null;
	const show = async () => {
		clearTimeout(showTimer);
		if (beside.hidden || composing) return;
		showing?.abort();
		const mine = showing = new AbortController(), body = new FormData(form);
		for (const name of ["paste_html", "paste_file"]) body.delete(name);
		try {
			const answer = await fetch("/desk/articles/preview", { method: "POST", body, credentials: "same-origin", redirect: "error", signal: mine.signal });
			if (!answer.ok || mine !== showing) return;
			const page = new DOMParser().parseFromString(await answer.text(), "text/html");
			const top = beside.scrollTop;
			beside.replaceChildren(...page.body.childNodes);
			beside.scrollTop = top;
		} catch { /* a newer one took its place, or the network is away */ }
	};
	const showSoon = () => { clearTimeout(showTimer); showTimer = setTimeout(show, SHOW); };
	const setBeside = (on) => {
		beside.hidden = !on;
		writing.classList.toggle("two", on);
		bar.querySelector('[data-do="beside"]').setAttribute("aria-pressed", String(on));
		try { localStorage.setItem("kairan:beside", on ? "1" : ""); } catch { /* then it is not remembered */ }
		show();
	};
	/* A link in it must not take the form away. */
	beside.addEventListener("click", (e) => {
		const link = e.target.closest("a[href]");
		if (!link || link.getAttribute("href").startsWith("#")) return;
		e.preventDefault();
		open(link.href, "_blank", "noopener");
	});
	/* As far as the text has gone, so far goes the preview. */
	text.addEventListener("scroll", () => {
		const far = text.scrollTop / Math.max(1, text.scrollHeight - text.clientHeight);
		beside.scrollTop = far * (beside.scrollHeight - beside.clientHeight);
	});

	/* ---- writing ---- */

	/* Through the browser's own command, so that undo takes it back. */
	const put = (from, to, what, selectFrom, selectTo) => {
		text.focus();
		text.setSelectionRange(from, to);
		if (!document.execCommand(what ? "insertText" : "delete", false, what)) {
			text.setRangeText(what, from, to, "end");
			text.dispatchEvent(new InputEvent("input", { bubbles: true }));
		}
		text.setSelectionRange(from + selectFrom, from + selectTo);
	};

	/* Puts marks around what is selected, or takes them off. */
	const wrap = (before, after) => {
		const { value, selectionStart: from, selectionEnd: to } = text, inner = value.slice(from, to);
		const outer = value.slice(from - before.length, from) === before && value.slice(to, to + after.length) === after;
		if (outer && value[from - before.length - 1] !== before[0]) put(from - before.length, to + after.length, inner, 0, inner.length);
		else if (inner.length >= before.length + after.length && inner.startsWith(before) && inner.endsWith(after))
			put(from, to, inner.slice(before.length, inner.length - after.length), 0, inner.length - before.length - after.length);
		else put(from, to, before + inner + after, before.length, before.length + inner.length);
	};

	/* Each line that the selection touches. */
	const lines = (change) => {
		const { value, selectionStart, selectionEnd } = text;
		const from = value.lastIndexOf("\n", selectionStart - 1) + 1;
		const found = value.indexOf("\n", Math.max(from, selectionEnd - (selectionEnd > selectionStart && value[selectionEnd - 1] === "\n" ? 1 : 0)));
		const to = found < 0 ? value.length : found;
		const after = change(value.slice(from, to).split("\n")).join("\n");
		put(from, to, after, selectionStart === selectionEnd ? after.length : 0, after.length);
	};
	const prefix = (is, make) => lines((all) => {
		const off = all.every((line) => is.test(line));
		return all.map((line, i) => off ? line.replace(is, "") : make(i) + line.replace(/^([-*+]|\d+[.)]) /, ""));
	});
	const heading = (level) => lines((all) => all.map((line) => {
		const [, marks, rest] = line.match(/^(#{0,6}) ?(.*)$/s);
		return marks.length === level ? rest : "#".repeat(level) + " " + rest;
	}));

	const insertBlock = (what, selectFrom, selectTo) => {
		const { value, selectionEnd: at } = text;
		const before = !at || value.slice(0, at).endsWith("\n\n") ? "" : value[at - 1] === "\n" ? "\n" : "\n\n";
		const after = value.slice(at).startsWith("\n") || at === value.length ? "" : "\n\n";
		put(at, at, before + what + after, before.length + selectFrom, before.length + selectTo);
	};

	const footnote = () => {
		const { value, selectionEnd: at } = text;
		const used = [...value.matchAll(/\[\^(\d+)\]/g)].map((m) => Number(m[1]));
		const mark = `[^${Math.max(0, ...used) + 1}]`;
		put(at, at, mark, mark.length, mark.length);
		const end = text.value.length, gap = /\n\n$/.test(text.value) ? "" : /\[\^\d+\]: [^\n]*\n?$/.test(text.value) ? (text.value.endsWith("\n") ? "" : "\n") : text.value.endsWith("\n") ? "\n" : "\n\n";
		const note = gap + mark + ": ";
		put(end, end, note, note.length, note.length);
	};

	const ruby = () => {
		const { value, selectionStart: from, selectionEnd: to } = text, inner = value.slice(from, to);
		put(from, to, `{${inner}|}`, inner ? inner.length + 2 : 1, inner ? inner.length + 2 : 1);
	};

	const link = () => {
		const { value, selectionStart: from, selectionEnd: to } = text, inner = value.slice(from, to);
		const isUrl = /^https?:\/\/\S+$/.test(inner);
		if (isUrl) put(from, to, `[](${inner})`, 1, 1);
		else put(from, to, `[${inner}](https://)`, inner ? inner.length + 3 : 1, inner ? inner.length + 11 : 1);
	};

	const html = {
		bold: () => wrap("<strong>", "</strong>"), italic: () => wrap("<em>", "</em>"), quote: () => wrap("<blockquote>", "</blockquote>"),
		heading: () => wrap("<h2>", "</h2>"), heading3: () => wrap("<h3>", "</h3>"), heading4: () => wrap("<h4>", "</h4>"),
		link: () => wrap('<a href="https://">', "</a>"), ruby: () => wrap("<ruby>", "<rt></rt></ruby>"),
		list: () => wrap("<ul>\n<li>", "</li>\n</ul>"), numbers: () => wrap("<ol>\n<li>", "</li>\n</ol>"),
		table: () => insertBlock("<table>\n<tr><th></th><th></th></tr>\n<tr><td></td><td></td></tr>\n</table>\n", 16, 16),
	};
	const markdown = {
		bold: () => wrap("**", "**"), italic: () => wrap("*", "*"), quote: () => prefix(/^> ?/, () => "> "),
		heading: () => heading(2), heading3: () => heading(3), heading4: () => heading(4), link, ruby, footnote,
		list: () => prefix(/^[-*+] /, () => "- "), numbers: () => prefix(/^\d+[.)] /, (i) => `${i + 1}. `),
		table: () => insertBlock("|  |  |\n| --- | --- |\n|  |  |\n", 2, 2),
	};
	const actions = {
		...(isHtml ? html : markdown),
		beside: () => setBeside(beside.hidden),
		keys: () => keys.showModal(),
		save: () => form.requestSubmit(save),
	};

	/* ---- buttons: one stop of the Tab key, arrows inside (ARIA Authoring Practices, toolbar) ---- */

	const buttons = [...bar.querySelectorAll("button")].filter((button) => actions[button.dataset.do] || button.remove());
	const stop = (button) => buttons.forEach((b) => { b.tabIndex = b === button ? 0 : -1; });
	stop(buttons[0]);
	bar.addEventListener("click", (e) => {
		const button = e.target.closest("button");
		if (!button) return;
		stop(button);
		actions[button.dataset.do]();
	});
	bar.addEventListener("mousedown", (e) => e.preventDefault()); /* the selection stays where it is */
	bar.addEventListener("keydown", (e) => {
		const at = buttons.indexOf(document.activeElement), n = buttons.length;
		const to = { ArrowRight: (at + 1) % n, ArrowLeft: (at + n - 1) % n, Home: 0, End: n - 1 }[e.key];
		if (to === undefined || at < 0) return;
		e.preventDefault();
		stop(buttons[to]);
		buttons[to].focus();
	});

	/* ---- keys ---- */

	const KEYS = { KeyB: "bold", KeyI: "italic", KeyK: "link", KeyS: "save", Slash: "keys" };
	const SHIFTED = { Digit2: "heading", Digit3: "heading3", Digit4: "heading4", Digit5: "ruby", Digit6: "footnote", Digit7: "numbers", Digit8: "list", Digit9: "quote" };
	document.addEventListener("keydown", (e) => {
		/* 229: the key belongs to the input method. AltGr counts as Ctrl and Alt. */
		if (e.isComposing || composing || e.keyCode === 229 || e.altKey || !(e.ctrlKey || e.metaKey) || keys.open) return;
		const what = (e.shiftKey ? SHIFTED : KEYS)[e.code];
		if (!what || !actions[what] || (what !== "save" && what !== "keys" && document.activeElement !== text)) return;
		e.preventDefault();
		if (!e.repeat) actions[what]();
	});
	form.addEventListener("compositionstart", () => { composing = true; });
	form.addEventListener("compositionend", () => { composing = false; changed(); });

	/* ---- pasting ---- */

	text.addEventListener("paste", async (e) => {
		const pasted = e.clipboardData?.getData("text/html"), plain = e.clipboardData?.getData("text/plain") ?? "";
		/* Code editors put coloured text there: one block of it is no formatting. */
		if (!pasted || composing || !/<(h[1-6]|p|div|li|table|a|b|strong|i|em|blockquote|ruby|sup|span|img)\b/i.test(pasted) || /vscode|<pre[^>]*>[\s\S]*<\/pre>\s*(<!--EndFragment-->)?\s*<\/body>/i.test(pasted)) return;
		e.preventDefault();
		/* Whatever is typed meanwhile moves the place along. */
		const mark = { from: text.selectionStart, to: text.selectionEnd, length: text.value.length };
		let what = plain, told = "plain";
		try {
			const body = new FormData();
			for (const [name, value] of [["csrf", form.elements.csrf.value], ["format", form.elements.format.value], ["html", pasted]]) body.append(name, value);
			const answer = await post("/desk/paste", body);
			if (answer.ok) {
				what = (await answer.text()).replace(/\n+$/, "");
				told = "pasted";
			}
		} catch { /* the network is away: the words come without their formatting */ }
		const moved = text.value.length - mark.length;
		put(mark.from + moved, mark.to + moved, what, what.length, what.length);
		say(told);
	});

	/* ---- begin ---- */

	writing.prepend(bar);
	text.closest("p").after(beside);
	writing.append(state);
	document.body.append(keys);
	form.before(offer);
	forgetSaved();
	offerLocal();
	let wanted = "";
	try { wanted = localStorage.getItem("kairan:beside"); } catch { /* not remembered */ }
	if (wanted ?? matchMedia("(min-width: 64rem)").matches) setBeside(true);
})();
