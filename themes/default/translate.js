"use strict";
/* Comfort for the workbench of a translation: a block is saved soon after it was written, its notes come back, a key leads to
 * the next block to do, an agreed word can be put in with a press. Without script the form does all of it. */
(() => {
	const REST = 1500; /* ms without a key before a block is saved */
	const form = document.getElementById("work");
	if (!form) return;
	const told = document.getElementById("autosave"), words = form.dataset;
	const blocks = [...form.querySelectorAll(".block")].map((li) => ({
		li, id: li.dataset.id, text: li.querySelector("textarea[name^=t]"), done: li.querySelector("input[type=checkbox]"),
		notes: li.querySelector(".notes"), timer: 0, busy: false, again: false,
	}));
	for (const b of blocks) {
		b.savedText = b.text.value;
		b.savedDone = b.done.checked;
	}
	const differs = (b) => b.text.value !== b.savedText || b.done.checked !== b.savedDone;
	const say = (text) => { told.textContent = text; };

	const putNotes = (b, row) => {
		b.text.name = `t${b.id}-${row.dataset.stamp}`;
		b.li.className = `block ${row.dataset.state}`;
		b.notes.replaceChildren(...[...row.childNodes].map((n) => document.importNode(n, true)));
		offerWords(b);
	};
	const progress = (answer) => {
		const bar = document.getElementById("bar");
		document.getElementById("progress").textContent = answer.dataset.progress;
		bar.max = Number(answer.dataset.all);
		bar.value = Number(answer.dataset.done);
	};

	async function save(b) {
		clearTimeout(b.timer);
		if (!differs(b)) return;
		if (b.busy) return void (b.again = true);
		b.busy = true;
		const sentText = b.text.value, sentDone = b.done.checked, body = new FormData();
		body.append("csrf", form.elements.csrf.value);
		body.append(b.text.name, sentText);
		if (sentDone) body.append(b.done.name, "1");
		say(words.saving);
		try {
			const r = await fetch(words.blockUrl, { method: "POST", body, redirect: "manual" });
			if (r.ok) {
				const answer = new DOMParser().parseFromString(await r.text(), "text/html").querySelector("[data-all]");
				const row = answer?.querySelector(`[data-id="${b.id}"]`);
				b.savedText = sentText;
				b.savedDone = sentDone;
				if (row) putNotes(b, row);
				progress(answer);
				say(words.saved);
			} else {
				say(r.status === 403 ? words.signedOut : r.status === 409 ? words.conflict : words.failed);
			}
		} catch {
			say(words.failed);
		}
		b.busy = false;
		if (b.again) {
			b.again = false;
			save(b);
		}
	}
	/* While an input method composes, what stands in the field is not yet what is meant. */
	const soon = (b) => {
		clearTimeout(b.timer);
		b.timer = setTimeout(() => b.composing ? soon(b) : save(b), REST);
	};

	const isDone = (b) => b.done.checked && !b.li.classList.contains("changed");
	const next = (from) => {
		const at = blocks.indexOf(from);
		const found = blocks.find((b, i) => i > at && !isDone(b)) ?? blocks.find((b) => !isDone(b));
		if (!found) return;
		found.li.scrollIntoView({ block: "center" });
		found.text.focus({ preventScroll: true });
	};

	function offerWords(b) {
		for (const word of b.notes.querySelectorAll("strong[data-word]")) {
			const button = document.createElement("button");
			button.type = "button";
			button.className = "plain word";
			button.lang = word.lang;
			button.textContent = word.textContent;
			button.title = words.insert;
			button.addEventListener("click", () => {
				b.text.focus();
				b.text.setRangeText(word.dataset.word, b.text.selectionStart, b.text.selectionEnd, "end");
				b.text.dispatchEvent(new Event("input", { bubbles: true }));
			});
			word.replaceWith(button);
		}
	}

	const grow = (area) => {
		if (area.scrollHeight > area.clientHeight + 2) area.style.height = `${area.scrollHeight + 4}px`;
	};

	for (const b of blocks) {
		offerWords(b);
		b.text.addEventListener("compositionstart", () => { b.composing = true; });
		b.text.addEventListener("compositionend", () => { b.composing = false; soon(b); });
		b.text.addEventListener("input", () => { grow(b.text); soon(b); });
		/* A press of a button of the form sends it all; what the notes say then must not move under the finger. */
		b.text.addEventListener("blur", (e) => { if (!b.composing && e.relatedTarget?.form !== form) save(b); });
		b.done.addEventListener("change", () => save(b));
		b.text.addEventListener("keydown", (e) => {
			/* 229: the key belongs to the input method. */
			if (e.isComposing || b.composing || e.keyCode === 229 || !(e.ctrlKey || e.metaKey) || e.key !== "Enter") return;
			e.preventDefault();
			b.done.checked = true;
			save(b);
			next(b);
		});
	}
	document.getElementById("next-open")?.addEventListener("click", (e) => {
		e.preventDefault();
		next(blocks.find((b) => b.li.contains(document.activeElement)));
	});
	let sending = false;
	form.addEventListener("submit", () => { sending = true; });
	addEventListener("beforeunload", (e) => {
		if (!sending && blocks.some(differs)) e.preventDefault();
	});
})();
