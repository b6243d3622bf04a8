/* The settings of looks: colours show in the samples while they are chosen. */
"use strict";
{
	const css = document.getElementById("preview-css"), light = document.getElementById("accent"),
		dark = document.getElementById("accent_dark"), own = document.getElementById("own_dark");
	const show = () => {
		const url = `/desk/settings/preview.css?light=${light.value.slice(1)}`;
		css.href = own.checked ? `${url}&dark=${dark.value.slice(1)}` : url;
	};
	light.addEventListener("input", show);
	own.addEventListener("input", show);
	dark.addEventListener("input", () => { own.checked = true; show(); });
}
