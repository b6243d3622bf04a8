"use strict";
/* Passkeys on the sign-in and account pages. A form with data-passkey has the options as JSON; this asks the browser, puts
 * what it says into the form's hidden fields, and sends it. Without script the password goes on as ever. */
(() => {
	const form = document.querySelector("form[data-passkey]");
	const told = form && form.querySelector("[data-told]");
	if (!form) return;
	const say = (text) => {
		told.textContent = text;
		told.hidden = !text;
	};
	form.hidden = false;
	if (!window.PublicKeyCredential || !navigator.credentials) {
		form.querySelectorAll("input, button").forEach((e) => { e.disabled = true; });
		return say(form.dataset.unsupported);
	}

	const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
	const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
	const named = (ids) => ids.map((id) => ({ type: "public-key", id: bytes(id) }));

	let options = JSON.parse(form.dataset.passkey), since = Date.now(), waiting = null;
	/* A page that was open for long has a challenge that is too old: the same page has a new one. */
	const renew = async () => {
		if (Date.now() - since < (options.seconds - 60) * 1000 || form.dataset.once !== undefined) return;
		const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
		options = JSON.parse(page.querySelector("form[data-passkey]").dataset.passkey);
		since = Date.now();
	};
	const create = () => navigator.credentials.create({ publicKey: {
		challenge: bytes(options.challenge),
		rp: { id: options.rpId, name: options.rpName },
		user: { id: bytes(options.user), name: options.login, displayName: options.name },
		pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key", alg })),
		excludeCredentials: named(options.exclude),
		authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" },
		attestation: "none",
	} });
	const get = (more) => navigator.credentials.get({ ...more, publicKey: {
		challenge: bytes(options.challenge),
		rpId: options.rpId,
		allowCredentials: named(options.allow),
		userVerification: options.alone ? "required" : "preferred",
	} });
	const send = (key) => {
		const r = key.response;
		form.elements.credential.value = text(key.rawId);
		form.elements.client_data.value = text(r.clientDataJSON);
		form.elements.authenticator_data.value = text(options.user ? r.getAuthenticatorData() : r.authenticatorData);
		form.elements.signature.value = options.user ? "" : text(r.signature);
		form.submit();
	};

	form.addEventListener("submit", async (e) => {
		e.preventDefault();
		say("");
		waiting?.abort();
		waiting = null;
		const button = form.querySelector("button");
		button.disabled = true;
		try {
			await renew();
			send(options.user ? await create() : await get());
		} catch (why) {
			say(why.name === "InvalidStateError" ? form.dataset.known : form.dataset.failed);
			button.disabled = false;
			button.focus();
		}
	});

	/* The browser offers passkeys in the login's field too, where it can. */
	const offer = async () => {
		if (!options.alone || !await PublicKeyCredential.isConditionalMediationAvailable?.()) return;
		for (;;) {
			const mine = waiting = new AbortController();
			const timer = setTimeout(() => mine.abort(), (options.seconds - 60) * 1000);
			try {
				return send(await get({ mediation: "conditional", signal: mine.signal }));
			} catch {
				clearTimeout(timer);
				if (waiting !== mine || !mine.signal.aborted) return; /* the button was pressed, or the browser will not */
				await renew();
			}
		}
	};
	offer().catch(() => { /* the button stays */ });
})();
