// すべて見る: the other pages appear in place, and the server is told. If telling fails the plain form does it.

const form = document.getElementById('see-all');
const rest = document.getElementById('rest');

if (form && rest)
	form.addEventListener('submit', async (event) => {
		event.preventDefault();
		try {
			const answer = await fetch(form.action, {
				method: 'POST',
				body: new URLSearchParams(new FormData(form)),
				redirect: 'manual',
			});
			// the answer is a redirect to the page that shows them all; it need not be followed
			if (answer.type !== 'opaqueredirect' && !answer.ok)
				throw new Error(String(answer.status));
		} catch {
			form.submit();
			return;
		}
		const pages = document.getElementById('pages');
		const added = rest.content.cloneNode(true);
		const first = added.querySelector('figure');
		pages.append(added);
		form.remove();
		const status = document.getElementById('see-all-status');
		status.textContent = status.dataset.done;
		if (first) {
			first.tabIndex = -1;
			first.focus({ preventScroll: true });
		}
	});
