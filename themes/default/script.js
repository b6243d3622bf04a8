"use strict";
/* Comfort only: every page works without this.
 *
 * Suggestions: the ARIA Authoring Practices' editable combobox with list autocomplete. The focus stays in the field; the
 * option that is chosen is named by aria-activedescendant. While an input method composes, what stands in the field is
 * asked for as it is, unconverted kana too, but no key is taken from the method. */
(() => {
	const WAIT = 120; /* ms of rest before a question is sent */

	const make = (name, attributes) => {
		const element = document.createElement(name);
		for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
		return element;
	};

	function combobox(input, number) {
		const id = "suggestions" + (number ? "-" + number : "");
		const list = make("ul", { id, class: "suggestions", role: "listbox", "aria-label": input.dataset.label, hidden: "" });
		const status = make("div", { class: "hidden", role: "status", "aria-live": "polite" });
		let options = [], at = -1, timer = 0, request = null, asked = "", composing = false;

		input.after(list, status);
		for (const [key, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", id]]) input.setAttribute(key, value);

		const isOpen = () => !list.hidden;
		const choose = (n) => {
			options[at]?.element.setAttribute("aria-selected", "false");
			at = n;
			const element = options[at]?.element;
			if (!element) return input.removeAttribute("aria-activedescendant");
			element.setAttribute("aria-selected", "true");
			element.scrollIntoView({ block: "nearest" });
			input.setAttribute("aria-activedescendant", element.id);
		};
		const setOpen = (open) => {
			choose(-1);
			list.hidden = !open;
			input.setAttribute("aria-expanded", String(open));
		};
		const forget = () => {
			clearTimeout(timer);
			request?.abort();
			asked = "";
		};
		const close = () => { forget(); setOpen(false); };
		const go = (n) => { if (options[n]) location.assign(options[n].url); };

		const option = (text, note, url, n) => {
			const element = make("li", { id: id + "-" + n, role: "option", "aria-selected": "false" });
			const label = make("span", {});
			label.textContent = text;
			element.append(label);
			if (note) {
				const small = make("small", {});
				small.textContent = note;
				element.append(small);
			}
			return { element, url };
		};
		const show = ([, texts, notes, urls]) => {
			options = texts.map((text, n) => option(text, notes[n], urls[n], n));
			list.replaceChildren(...options.map((o) => o.element));
			setOpen(options.length > 0);
			const { none, one, many } = input.dataset;
			status.textContent = options.length === 0 ? none : options.length === 1 ? one : many.replace("#", options.length);
		};

		const ask = async () => {
			const typed = input.value.trim();
			if (typed === asked && isOpen()) return;
			forget();
			if (!typed) {
				status.textContent = "";
				return setOpen(false);
			}
			asked = typed;
			const mine = request = new AbortController();
			try {
				const answer = await fetch(input.dataset.suggest + "?q=" + encodeURIComponent(typed), { signal: mine.signal });
				const found = answer.ok && await answer.json();
				if (found && mine === request && document.activeElement === input) show(found);
			} catch { /* a newer question took its place, or the network is away: the form works as ever */ }
		};
		const askSoon = () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); };

		/* True when the key was used up. */
		const key = (e) => {
			switch (e.key) {
			case "ArrowDown":
				if (!isOpen()) return void askSoon();
				if (!e.altKey) choose(at + 1 < options.length ? at + 1 : 0);
				return true;
			case "ArrowUp":
				if (!isOpen()) return;
				if (e.altKey) close();
				else choose(at > 0 ? at - 1 : options.length - 1);
				return true;
			case "Enter":
				if (!isOpen() || at < 0) return void close();
				go(at);
				return true;
			case "Escape":
				if (isOpen()) close();
				else if (input.value) input.value = "";
				else return;
				return true;
			case "Home":
			case "End":
				return void choose(-1); /* and the caret moves, as everywhere */
			case "Tab":
				return void close();
			}
		};
		input.addEventListener("keydown", (e) => {
			/* 229: the key belongs to the input method, also the Enter that ends a composition in some browsers. */
			if (e.isComposing || composing || e.keyCode === 229) return;
			if (key(e)) e.preventDefault();
		});
		input.addEventListener("compositionstart", () => { composing = true; });
		input.addEventListener("compositionupdate", askSoon);
		input.addEventListener("compositionend", () => { composing = false; askSoon(); });
		input.addEventListener("input", askSoon);
		input.addEventListener("blur", close);
		/* A press must not take the focus away, which would close the list before the click arrives. */
		list.addEventListener("pointerdown", (e) => e.preventDefault());
		list.addEventListener("mousedown", (e) => e.preventDefault());
		list.addEventListener("click", (e) => go(options.findIndex((o) => o.element.contains(e.target))));
	}
	document.querySelectorAll("input[data-suggest]").forEach(combobox);

	/* The source of a mark, beside it while it is pointed at or focused; without script its title serves. */
	function tooltip(mark) {
		const link = mark.querySelector("a");
		const source = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
		if (!source) return;
		let tip = null;
		link.removeAttribute("title");
		const hide = () => {
			tip?.remove();
			tip = null;
			link.removeAttribute("aria-describedby");
		};
		const show = () => {
			if (tip) return;
			tip = make("span", { class: "tip", role: "tooltip", id: "tip-" + link.id });
			tip.textContent = (source.querySelector(".source") || source).textContent.trim();
			if (mark.getBoundingClientRect().left > innerWidth / 2) tip.classList.add("left");
			mark.append(tip);
			link.setAttribute("aria-describedby", tip.id);
		};
		mark.addEventListener("mouseenter", show);
		mark.addEventListener("mouseleave", () => { if (document.activeElement !== link) hide(); });
		mark.addEventListener("focusin", show);
		mark.addEventListener("focusout", hide);
		addEventListener("keydown", (e) => { if (e.key === "Escape") hide(); });
	}
	document.querySelectorAll("sup.cite").forEach(tooltip);
})();
