// 印影を作成: the faces follow what is typed; a chosen photograph is shown before it is sent.

const form = document.getElementById('seal');
const family = document.getElementById('family');
const given = document.getElementById('given');
const message = document.getElementById('face-message');
let timer = 0;

function redraw() {
	const short = family.value.trim();
	const full = short + given.value.trim();
	message.hidden = true;
	for (const img of form.querySelectorAll('img[data-face]')) {
		const text = 'full' in img.dataset ? full : short || full;
		if (!text) {
			img.removeAttribute('src');
			img.alt = '';
			continue;
		}
		img.src = form.dataset.preview + '?' + new URLSearchParams({ face: img.dataset.face, text });
		img.alt = (document.documentElement.lang === 'en' ? 'Seal: ' : '印影：') + text;
	}
}

for (const img of form.querySelectorAll('img[data-face]')) {
	img.addEventListener('error', () => {
		img.classList.add('failed');
		if (img.getAttribute('src')) {
			message.textContent = message.dataset.text;
			message.hidden = false;
		}
	});
	img.addEventListener('load', () => img.classList.remove('failed'));
}
for (const input of [family, given]) {
	input.addEventListener('input', () => {
		clearTimeout(timer);
		timer = setTimeout(redraw, 250);
	});
}

const file = document.getElementById('image');
const chosen = document.getElementById('image-chosen');
let shown = '';
file.addEventListener('change', () => {
	const img = chosen.querySelector('img');
	if (shown)
		URL.revokeObjectURL(shown);
	shown = file.files.length ? URL.createObjectURL(file.files[0]) : '';
	chosen.hidden = !shown;
	if (shown)
		img.src = shown;
});
