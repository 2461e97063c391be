// Files to take in: a file goes up as soon as it is chosen, with its progress; the plain form stays for those without script.

const DEFAULT_LIMIT_BYTES = 10 * 1024 * 1024;
const TYPES = ['application/pdf', 'image/jpeg', 'image/png'];

for (const form of document.querySelectorAll('form[data-upload]')) {
	const input = form.querySelector('input[type="file"]');
	const box = form.querySelector('.upload-progress');
	const bar = box.querySelector('progress');
	const percent = box.querySelector('[data-percent]');
	const message = form.querySelector('[data-message]');
	const button = form.querySelector('button:not([type="button"])');
	let request = null;

	const say = (text) => {
		message.textContent = text;
		message.hidden = !text;
	};
	const stop = () => {
		request = null;
		box.hidden = true;
		input.disabled = false;
		button.hidden = false;
	};
	const send = () => {
		const file = input.files[0];
		if (!file || request)
			return;
		say('');
		if (file.size > (Number(form.dataset.limit) || DEFAULT_LIMIT_BYTES))
			return say(form.dataset.tooLarge);
		if (file.type && !TYPES.filter((type) => input.accept.includes(type)).includes(file.type))
			return say(form.dataset.wrongType);
		const body = new FormData(form);
		request = new XMLHttpRequest();
		request.open('POST', form.action);
		request.upload.addEventListener('progress', (event) => {
			if (!event.lengthComputable)
				return;
			bar.value = Math.round((event.loaded / event.total) * 100);
			percent.textContent = form.dataset.sending + ' ' + bar.value + '%';
		});
		request.addEventListener('load', () => {
			const status = request.status;
			if (status >= 200 && status < 400) {
				// Without its fragment the address is asked for anew even when it is the one shown, and never posted again.
				location.assign(request.responseURL.split('#')[0]);
				return;
			}
			stop();
			if (status === 422)
				form.submit(); // the server says in its own page what is wrong with the file
			else
				say(status === 413 ? form.dataset.tooLarge : form.dataset.broken);
		});
		request.addEventListener('error', () => {
			stop();
			say(form.dataset.broken);
		});
		request.addEventListener('abort', stop);
		box.hidden = false;
		button.hidden = true;
		input.disabled = true;
		request.send(body);
	};

	input.addEventListener('change', send);
	form.addEventListener('submit', (event) => {
		event.preventDefault();
		send();
	});
	box.querySelector('[data-cancel]').addEventListener('click', () => request?.abort());
	for (const name of ['dragover', 'dragleave', 'drop'])
		form.addEventListener(name, (event) => {
			event.preventDefault();
			form.classList.toggle('over', name === 'dragover');
			if (name === 'drop' && event.dataTransfer.files.length) {
				input.files = event.dataTransfer.files;
				send();
			}
		});
}
