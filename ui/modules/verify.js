// Files dropped on the form go into its two places: the first PDF, and what should belong to it.

for (const form of document.querySelectorAll('form[data-drop]')) {
	const places = form.querySelectorAll('input[type="file"][accept*="pdf"]');

	for (const name of ['dragover', 'dragleave', 'drop'])
		form.addEventListener(name, (event) => {
			event.preventDefault();
			form.classList.toggle('over', name === 'dragover');
			if (name !== 'drop')
				return;
			const files = [...event.dataTransfer.files].slice(0, places.length);
			files.forEach((file, i) => {
				const one = new DataTransfer();
				one.items.add(file);
				places[files.length === 1 && places[0].files.length ? 1 : i].files = one.files;
			});
		});
}
