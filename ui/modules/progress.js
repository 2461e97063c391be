/* While a run goes on its bar moves without the page being loaded again; at the end it is. */
const bar = document.querySelector("progress[data-progress]");
const words = document.querySelector("[data-progress-words]");

const look = async () => {
	const answer = await fetch(bar.dataset.progress).catch(() => null);
	if (answer?.ok) {
		const { done, total, running } = await answer.json();
		bar.max = Math.max(total, 1);
		bar.value = done;
		words.textContent = `${done} / ${total}`;
		if (!running) {
			location.reload();
			return;
		}
	}
	setTimeout(look, 1000);
};

if (bar) {
	look();
}
