// 手書きサイン: a pad of our own. Points are kept normalised to the pad, so that turning the phone or resizing loses nothing.
// The server draws the curve that is stamped; this one only shows it.

const canvas = document.getElementById('pad');
const STROKES_MAX = 200;
const POINTS_MAX = 20000;

if (canvas) {
	const form = document.getElementById('seal');
	const field = document.getElementById('strokes');
	const message = document.getElementById('ink-message');
	const context = canvas.getContext('2d');
	const strokes = []; // [[x, y, t, pressure], ...] with x and y in 0..1
	let current = null;
	let points = 0;
	let started = 0;

	const draw = () => {
		const { width, height } = canvas;
		context.clearRect(0, 0, width, height);
		context.strokeStyle = '#1a1a1a';
		context.fillStyle = '#1a1a1a';
		context.lineCap = context.lineJoin = 'round';
		for (const stroke of strokes) {
			context.lineWidth = Math.max(2, height / 60);
			context.beginPath();
			context.moveTo(stroke[0][0] * width, stroke[0][1] * height);
			for (let i = 1; i < stroke.length; i++) {
				const a = stroke[i - 1];
				const b = stroke[i];
				// through the midpoints, bent at the points
				context.quadraticCurveTo(a[0] * width, a[1] * height, ((a[0] + b[0]) / 2) * width, ((a[1] + b[1]) / 2) * height);
			}
			const last = stroke[stroke.length - 1];
			context.lineTo(last[0] * width, last[1] * height);
			context.stroke();
		}
	};

	const fit = () => {
		const box = canvas.getBoundingClientRect();
		if (!box.width)
			return; // not shown at the moment
		const scale = Math.min(window.devicePixelRatio || 1, 3);
		canvas.width = Math.round(box.width * scale);
		canvas.height = Math.round(box.height * scale);
		draw();
	};
	new ResizeObserver(fit).observe(canvas);

	const point = (event) => {
		const box = canvas.getBoundingClientRect();
		const clip = (v) => Math.round(Math.min(1, Math.max(0, v)) * 1e4) / 1e4;
		return [
			clip((event.clientX - box.left) / box.width),
			clip((event.clientY - box.top) / box.height),
			Math.round(event.timeStamp - started),
			Math.round((event.pressure || 0.5) * 100) / 100,
		];
	};
	const store = () => {
		const box = canvas.getBoundingClientRect();
		field.value = strokes.length
			? JSON.stringify({ w: Math.round(box.width), h: Math.round(box.height), strokes })
			: '';
		message.hidden = true;
	};

	canvas.addEventListener('pointerdown', (event) => {
		if (event.button !== 0 || current || strokes.length >= STROKES_MAX || points >= POINTS_MAX)
			return;
		event.preventDefault();
		started ||= event.timeStamp;
		canvas.setPointerCapture(event.pointerId);
		current = { id: event.pointerId, points: [point(event)] };
		strokes.push(current.points);
		points++;
		draw();
	});
	canvas.addEventListener('pointermove', (event) => {
		if (!current || event.pointerId !== current.id)
			return;
		event.preventDefault();
		const all = event.getCoalescedEvents?.() ?? [];
		for (const each of all.length ? all : [event])
			if (points < POINTS_MAX) {
				current.points.push(point(each));
				points++;
			}
		draw();
	});
	const end = (event) => {
		if (!current || event.pointerId !== current.id)
			return;
		current = null;
		store();
	};
	canvas.addEventListener('pointerup', end);
	canvas.addEventListener('pointercancel', end);

	document.getElementById('pad-undo').addEventListener('click', () => {
		const gone = strokes.pop();
		points -= gone ? gone.length : 0;
		store();
		draw();
	});
	document.getElementById('pad-clear').addEventListener('click', () => {
		strokes.length = 0;
		points = 0;
		store();
		draw();
	});
	form.addEventListener('submit', (event) => {
		if (form.elements.method.value !== 'ink' || field.value || form.querySelector('.panel-ink .made'))
			return;
		event.preventDefault();
		message.textContent = message.dataset.text;
		message.hidden = false;
	});
}
