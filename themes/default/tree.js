"use strict";
/* Comfort only: the tree of categories is moved by its buttons as well.
 *
 * Each row gets a handle. It is dragged with a pointer, or lifted with Space and moved with the arrow keys: up and down
 * among its siblings, right below the one before it, left out of its parent. Every step is said to screen readers. What was
 * moved is sent as the form that the buttons send, and the answer's tree takes the place of this one. */
(() => {
	const say = document.createElement("div");
	say.className = "hidden";
	say.setAttribute("role", "status");
	say.setAttribute("aria-live", "assertive");
	document.body.append(say);

	let tree = null;
	let lifted = null; /* { item, parent, next, keys }: where it was, and whether keys lifted it */

	const name = (item) => item.querySelector(":scope > .row .category").textContent;
	const listOf = (item, make) => {
		let list = item.querySelector(":scope > ol");
		if (!list && make) item.append(list = document.createElement("ol"));
		return list;
	};
	const parentOf = (item) => item.parentElement.closest("li");
	const fill = (text, item) => {
		const among = [...item.parentElement.children], parent = parentOf(item);
		return text.replace("NAME", name(item)).replace("POSITION", among.indexOf(item) + 1).replace("SIZE", among.length)
			.replace("PARENT", parent ? name(parent) : "");
	};
	const tell = (key, item) => { say.textContent = fill(tree.dataset[key], item); };
	const tellPlace = (item) => tell(parentOf(item) ? "at" : "top", item);

	const lift = (item, keys) => {
		lifted = { item, parent: item.parentElement, next: item.nextElementSibling, keys };
		item.classList.add("lifted");
	};
	const release = () => {
		lifted.item.classList.remove("lifted");
		for (const list of tree.querySelectorAll("li > ol:empty")) list.remove();
		lifted = null;
	};
	const takeBack = () => {
		const { item, parent, next } = lifted;
		parent.insertBefore(item, next);
		release();
		tell("back", item);
	};

	/* ---- sending ---- */

	async function send(item) {
		const body = new URLSearchParams({
			csrf: tree.elements.csrf.value, base: tree.elements.base.value, id: item.dataset.id,
			parent: parentOf(item)?.dataset.id ?? "0", before: item.nextElementSibling?.dataset.id ?? "0",
		});
		try {
			const answer = await fetch(tree.getAttribute("action"), { method: "POST", body, credentials: "same-origin" });
			const page = new DOMParser().parseFromString(await answer.text(), "text/html");
			const main = page.querySelector("main"), problem = main?.querySelector(".problem");
			if (!page.getElementById("tree")) throw new Error("no tree");
			document.querySelector("main").replaceWith(document.adoptNode(main));
			begin();
			const now = document.getElementById("c" + item.dataset.id);
			(now ?? tree).querySelector("button.handle").focus();
			if (problem) say.textContent = problem.textContent;
			else if (now) tell("done", now);
		} catch {
			say.textContent = tree.dataset.failed;
			location.assign(tree.getAttribute("action"));
		}
	}
	const putDown = () => {
		const { item, parent, next } = lifted;
		const same = item.parentElement === parent && item.nextElementSibling === next;
		release();
		if (same) tellPlace(item);
		else send(item);
	};

	/* ---- keys ---- */

	const steps = {
		ArrowUp: (item) => item.previousElementSibling?.before(item),
		ArrowDown: (item) => item.nextElementSibling?.after(item),
		ArrowLeft: (item) => parentOf(item)?.after(item),
		ArrowRight: (item) => { if (item.previousElementSibling) listOf(item.previousElementSibling, true).append(item); },
	};
	const onKey = (event, item) => {
		const space = event.key === " " || event.key === "Enter";
		if (space && !lifted) {
			lift(item, true);
			tell("lifted", item);
		} else if (space) {
			putDown();
		} else if (lifted && event.key === "Escape") {
			takeBack();
		} else if (lifted && steps[event.key]) {
			steps[event.key](item);
			tellPlace(item);
		} else {
			return;
		}
		event.preventDefault();
		event.currentTarget.focus(); /* moving a node takes the focus off it */
	};

	/* ---- pointer: the upper part of a row means before it, the lower part behind it, the middle below it ---- */

	const target = ({ clientX: x, clientY: y }, moved) => {
		const all = tree.getBoundingClientRect();
		if (x < all.left || x >= all.right) return null;
		for (const row of tree.querySelectorAll(".row")) {
			const box = row.getBoundingClientRect(), item = row.parentElement;
			if (y < box.top || y >= box.bottom || moved.contains(item)) continue;
			const part = (y - box.top) / box.height;
			return { item, where: part < 0.3 ? "before" : part > 0.7 ? "after" : "into" };
		}
		return null;
	};
	const drag = (event, item) => {
		if (event.button !== 0 || lifted) return;
		lift(item, false);
		tree.setPointerCapture(event.pointerId);
		/* The tree stays as it is while the pointer moves; a mark says where it would go. */
		const mark = (at) => {
			for (const row of tree.querySelectorAll("[data-drop]")) delete row.dataset.drop;
			if (at) at.item.dataset.drop = at.where;
		};
		const move = (event) => mark(target(event, item));
		const kinds = { pointermove: move, pointerup: end, pointercancel: end };
		function end(event) {
			for (const kind in kinds) tree.removeEventListener(kind, kinds[kind]);
			const at = target(event, item);
			mark(null);
			if (event.type === "pointercancel") return takeBack();
			if (at?.where === "into") listOf(at.item, true).append(item);
			else if (at) at.item[at.where](item);
			putDown();
		}
		for (const kind in kinds) tree.addEventListener(kind, kinds[kind]);
	};

	function begin() {
		tree = document.getElementById("tree");
		if (!tree) return;
		for (const item of tree.querySelectorAll("li")) {
			const handle = document.createElement("button");
			handle.type = "button";
			handle.className = "plain handle";
			handle.textContent = "⠿";
			handle.setAttribute("aria-label", fill(tree.dataset.handle, item));
			handle.addEventListener("keydown", (event) => onKey(event, item));
			handle.addEventListener("blur", () => setTimeout(() => { if (lifted?.item === item && lifted.keys && document.activeElement !== handle) takeBack(); }));
			handle.addEventListener("pointerdown", (event) => drag(event, item));
			item.querySelector(":scope > .row").prepend(handle);
		}
	}
	begin();
})();
