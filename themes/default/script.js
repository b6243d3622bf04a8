"use strict";
/* Comfort only: every page works without this. Suggestions follow the ARIA combobox pattern with a listbox. */
(() => {
	for (const input of document.querySelectorAll("input[data-suggest]")) {
		const list = document.createElement("ul");
		list.className = "suggestions";
		list.id = "suggestions";
		list.setAttribute("role", "listbox");
		list.setAttribute("aria-label", input.labels[0]?.textContent || "");
		list.hidden = true;
		input.after(list);
		const set = (name, value) => input.setAttribute(name, value);
		set("role", "combobox");
		set("aria-autocomplete", "list");
		set("aria-expanded", "false");
		set("aria-controls", list.id);
		let composing = false, timer = 0, request = null, at = -1, urls = [];
		const close = () => {
			list.hidden = true;
			at = -1;
			set("aria-expanded", "false");
			input.removeAttribute("aria-activedescendant");
		};
		const choose = (n) => {
			at = n;
			[...list.children].forEach((li, i) => li.setAttribute("aria-selected", String(i === n)));
			if (n < 0) input.removeAttribute("aria-activedescendant");
			else set("aria-activedescendant", list.children[n].id);
		};
		const show = ([, texts, notes, links]) => {
			urls = links;
			list.replaceChildren(...texts.map((text, i) => {
				const li = document.createElement("li");
				li.id = "suggestion-" + i;
				li.setAttribute("role", "option");
				li.setAttribute("aria-selected", "false");
				li.textContent = text;
				if (notes[i]) {
					const small = document.createElement("small");
					small.textContent = notes[i];
					li.append(small);
				}
				li.addEventListener("mousedown", (e) => { e.preventDefault(); location.href = urls[i]; });
				return li;
			}));
			at = -1;
			list.hidden = texts.length === 0;
			set("aria-expanded", String(texts.length > 0));
		};
		const ask = async () => {
			request?.abort();
			const typed = input.value.trim();
			if (!typed) return close();
			request = new AbortController();
			try {
				const answer = await fetch(input.dataset.suggest + "?q=" + encodeURIComponent(typed), { signal: request.signal });
				if (answer.ok) show(await answer.json());
			} catch { /* a newer question took its place, or the network is away: the form works as ever */ }
		};
		input.addEventListener("compositionstart", () => { composing = true; });
		input.addEventListener("compositionend", () => { composing = false; ask(); });
		input.addEventListener("input", () => { clearTimeout(timer); if (!composing) timer = setTimeout(ask, 120); });
		input.addEventListener("blur", close);
		input.addEventListener("keydown", (e) => {
			if (e.isComposing || composing) return;
			const n = list.children.length;
			if (e.key === "Escape") return close();
			if (list.hidden || n === 0) return;
			if (e.key === "ArrowDown" || e.key === "ArrowUp") {
				e.preventDefault();
				choose(e.key === "ArrowDown" ? (at + 1) % n : (at <= 0 ? n : at) - 1);
			} else if (e.key === "Enter" && at >= 0) {
				e.preventDefault();
				location.href = urls[at];
			}
		});
	}
	/* The source of a mark, shown beside it while it is pointed at or focused. */
	let tip = null;
	const hide = () => { tip?.remove(); tip = null; };
	for (const mark of document.querySelectorAll("sup.cite a")) {
		const source = document.getElementById(mark.hash.slice(1));
		if (!source) continue;
		const show = () => {
			hide();
			tip = document.createElement("div");
			tip.className = "tip";
			tip.setAttribute("role", "tooltip");
			const copy = source.cloneNode(true);
			copy.querySelectorAll(".back").forEach((b) => b.remove());
			tip.textContent = copy.textContent.trim();
			document.body.append(tip);
			const r = mark.getBoundingClientRect();
			tip.style.top = r.bottom + scrollY + 4 + "px";
			tip.style.left = Math.max(8, Math.min(r.left + scrollX, scrollX + innerWidth - tip.offsetWidth - 16)) + "px";
		};
		mark.addEventListener("mouseenter", show);
		mark.addEventListener("focus", show);
		mark.addEventListener("mouseleave", hide);
		mark.addEventListener("blur", hide);
	}
	addEventListener("keydown", (e) => { if (e.key === "Escape") hide(); });
})();
