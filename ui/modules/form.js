// Every form: pressed once is sent once; the error summary gets the focus; text areas count; a resend waits its time.
// Without this module the server does the same checks.

function ready(form) {
	for (const button of form.ownerDocument.querySelectorAll('button'))
		if (button.form === form) {
			button.removeAttribute('aria-disabled');
			if (button.dataset.label) {
				button.textContent = button.dataset.label;
				delete button.dataset.label;
			}
		}
	delete form.dataset.sent;
}

function countCharacters(text) {
	return [...text.replaceAll('\r\n', '\n')].length;
}

function showFault(area, message) {
	const id = area.id + '-fault';
	let p = document.getElementById(id);
	if (!p) {
		p = document.createElement('p');
		p.className = 'fault';
		p.id = id;
		p.setAttribute('role', 'alert');
		area.closest('.field').append(p);
	}
	p.textContent = message;
	area.setAttribute('aria-invalid', 'true');
	area.focus();
}

function check(form) {
	for (const area of form.querySelectorAll('textarea[data-limit]')) {
		// String.prototype.trim() also takes off U+3000, as the server does
		if (area.dataset.blank && !area.value.trim()) {
			showFault(area, area.dataset.blank);
			return false;
		}
		if (area.dataset.over && countCharacters(area.value) > Number(area.dataset.limit)) {
			showFault(area, area.dataset.over);
			return false;
		}
	}
	return true;
}

document.addEventListener('submit', (event) => {
	const form = event.target;
	if (!check(form)) {
		event.preventDefault();
		event.stopImmediatePropagation();
		return;
	}
	if (!('once' in form.dataset))
		return;
	if (form.dataset.sent) {
		event.preventDefault();
		return;
	}
	// after the other listeners, so that one that holds the form back is not outrun; the pressed button still sends its value
	queueMicrotask(() => {
		if (event.defaultPrevented)
			return;
		form.dataset.sent = '1';
		for (const button of document.querySelectorAll('button'))
			if (button.form === form && button.type !== 'button')
				button.setAttribute('aria-disabled', 'true');
		if (form.dataset.busy && event.submitter) {
			event.submitter.dataset.label = event.submitter.textContent;
			event.submitter.textContent = form.dataset.busy;
		}
	});
});

// back from the browser's cache: the page works again
window.addEventListener('pageshow', (event) => {
	if (event.persisted)
		for (const form of document.querySelectorAll('form[data-sent]'))
			ready(form);
});

for (const counter of document.querySelectorAll('[data-counter]')) {
	const area = document.getElementById(counter.dataset.counter);
	const limit = Number(area.dataset.limit);
	const show = () => {
		const n = countCharacters(area.value);
		counter.textContent = n.toLocaleString() + '／' + limit.toLocaleString();
		counter.classList.toggle('over', n > limit);
	};
	area.addEventListener('input', show);
	show();
}

for (const button of document.querySelectorAll('button[data-wait]')) {
	const until = performance.now() + Number(button.dataset.wait) * 1000;
	const label = button.textContent;
	const show = () => {
		const left = Math.ceil((until - performance.now()) / 1000);
		button.disabled = left > 0;
		button.textContent = left > 0 ? left + button.dataset.waitText : label;
		if (left > 0)
			setTimeout(show, 1000);
	};
	show();
}

const summary = document.querySelector('.error-summary');
if (summary)
	summary.focus();
else if (!location.hash)
	document.querySelector('h1[tabindex]')?.focus({ preventScroll: true });
