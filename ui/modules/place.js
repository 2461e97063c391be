/* Impression places by pointing: 「ページ上で選ぶ」 arms a place, the next click or tap on a page puts it there. The numbers stay the
 * truth: whoever cannot point types them. */
const pages = document.querySelectorAll("svg[data-page]");
let armed = null;

const round = (value) => (Math.round(value * 10) / 10).toString();

function disarm() {
	if (!armed) return;
	armed.removeAttribute("data-active");
	for (const page of pages) page.removeAttribute("data-picking");
	armed = null;
}

function arm(place) {
	disarm();
	armed = place;
	place.setAttribute("data-active", "");
	for (const page of pages) page.setAttribute("data-picking", "");
	pages[0]?.scrollIntoView({ block: "nearest" });
}

function field(place, name) {
	return document.getElementById(`${place.dataset.place}-${name}`);
}

function draw(place, page, x, y, size) {
	const number = place.closest("[data-participant]").dataset.participant;
	const key = place.dataset.place;
	document.querySelector(`[data-mark="${key}"]`)?.remove();
	const svg = "http://www.w3.org/2000/svg";
	const group = document.createElementNS(svg, "g");
	group.setAttribute("class", "mark");
	group.setAttribute("data-mark", key);
	const circle = document.createElementNS(svg, "circle");
	circle.setAttribute("cx", x);
	circle.setAttribute("cy", y);
	circle.setAttribute("r", size / 2);
	const text = document.createElementNS(svg, "text");
	text.setAttribute("x", x);
	text.setAttribute("y", y + 1.8);
	text.textContent = number;
	group.append(circle, text);
	page.append(group);
}

/* marks the server drew are replaced by ones that follow the fields */
function redraw() {
	for (const mark of document.querySelectorAll("svg[data-page] .mark")) mark.remove();
	for (const place of document.querySelectorAll("[data-place]")) {
		const page = document.querySelector(`svg[data-page="${field(place, "page").value}"]`);
		const x = parseFloat(field(place, "x").value);
		const y = parseFloat(field(place, "y").value);
		const size = parseFloat(field(place, "size").value) || 12;
		if (page && Number.isFinite(x) && Number.isFinite(y)) draw(place, page, x + size / 2, y + size / 2, size);
	}
}

for (const place of document.querySelectorAll("[data-place]")) {
	const button = place.querySelector("[data-pick]");
	button.hidden = false;
	button.addEventListener("click", () => (armed === place ? disarm() : arm(place)));
	place.addEventListener("input", redraw);
}

for (const page of pages) {
	page.addEventListener("click", (event) => {
		if (!armed) return;
		const matrix = page.getScreenCTM().inverse();
		const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
		const size = parseFloat(field(armed, "size").value) || 12;
		field(armed, "page").value = page.dataset.page;
		field(armed, "x").value = round(Math.max(0, at.x - size / 2));
		field(armed, "y").value = round(Math.max(0, at.y - size / 2));
		redraw();
		disarm();
	});
}

document.addEventListener("keydown", (event) => {
	if (event.key === "Escape") disarm();
});

redraw();
