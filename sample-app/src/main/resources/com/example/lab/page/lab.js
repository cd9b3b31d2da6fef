// What the lab counted, as tables with bars. Text is set as text alone, and nothing is styled from here.

const SVG = 'http://www.w3.org/2000/svg';
const BETTER = { PLAIN: 'plain Boot', NEITHER: 'no difference', TIDEPOOL: 'Tidepool' };
const POLL_MILLIS = 500;

const byId = (id) => document.getElementById(id);

let shown = '';

byId('run').addEventListener('click', async () => {
  byId('run').disabled = true;
  await fetch('lab/runs', { method: 'POST' });
  await update();
});

async function update() {
  try {
    const response = await fetch('lab/results');
    if (!response.ok) {
      throw new Error(`The application answers with ${response.status}`);
    }
    show(await response.json());
  }
  catch (failure) {
    fail(failure.message);
  }
}

function show(state) {
  byId('run').disabled = state.running;
  byId('progress').textContent = state.running ? `${state.progress} …` : state.progress;
  fail(state.failure);
  const content = JSON.stringify([state.setup, state.comparisons]);
  if (content === shown) {
    return;
  }
  shown = content;
  byId('setup').replaceChildren(...setup(state.setup));
  byId('summary').hidden = state.comparisons.length === 0;
  byId('rows').replaceChildren(...state.comparisons.map(row));
  byId('experiments').replaceChildren(...state.comparisons.map(card));
}

function fail(message) {
  byId('failure').hidden = !message;
  byId('failure').textContent = message ?? '';
}

function setup(described) {
  if (!described) {
    return [];
  }
  return [['Plain Boot', described.plain], ['Tidepool', described.tidepool], ['Both', described.machine], ['Upstreams', described.upstreams]]
    .flatMap(([name, value]) => [el('dt', name), el('dd', value)]);
}

function row({ description, upstream, plain, tidepool, better }) {
  return el('tr', el('th', description.title, { scope: 'row' }), el('td', description.headline),
    el('td', text(measure(plain, description.headline)), { class: 'number' }),
    el('td', text(measure(tidepool, description.headline)), { class: 'number' }), el('td', BETTER[better]), el('td', upstream));
}

function card({ description, upstream, plainProperties, plain, tidepoolProperties, tidepool, better }) {
  const body = el('tbody', ...plain.measures.map((one) => bars(one, measure(tidepool, one.name), one.name === description.headline)),
    el('tr', el('th', 'Failures', { scope: 'row' }), el('td', failures(plain)), el('td', failures(tidepool))));
  return el('section', el('h2', description.title, { id: description.name }), el('p', `${description.shows} Upstream: ${upstream}.`),
    ...settings(plainProperties, tidepoolProperties),
    el('div', el('table', el('thead', el('tr', el('th', 'Counted', { scope: 'col' }), el('th', 'Plain Boot', { scope: 'col' }),
      el('th', 'Tidepool', { scope: 'col' }))), body, { class: 'measures' }), { class: 'scroller' }),
    el('p', verdict(better), description.why), { 'aria-labelledby': description.name });
}

function verdict(better) {
  return { PLAIN: 'Plain Boot does better here. ', NEITHER: 'Plain Boot does as well here. ', TIDEPOOL: 'Why: ' }[better];
}

function settings(plain, tidepool) {
  const lines = (properties) => Object.entries(properties).map(([name, value]) => `${name}=${value}`).join(', ') || 'nothing';
  const [one, other] = [lines(plain), lines(tidepool)];
  if (one === 'nothing' && other === 'nothing') {
    return [];
  }
  return [el('p', (one === other) ? `Set on both sides: ${one}` : `Set for plain Boot: ${one}; for Tidepool: ${other}`, { class: 'muted' })];
}

function bars(plain, tidepool, headline) {
  const most = Math.max(plain.value, tidepool.value);
  return el('tr', el('th', plain.name, { scope: 'row' }), el('td', text(plain), bar(plain.value, most), { class: 'plain' }),
    el('td', text(tidepool), bar(tidepool.value, most), { class: 'tidepool' }), { class: headline ? 'headline' : '' });
}

function bar(value, most) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 100 1');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  const rect = document.createElementNS(SVG, 'rect');
  rect.setAttribute('width', (most > 0) ? 100 * value / most : 0);
  rect.setAttribute('height', 1);
  svg.append(rect);
  return svg;
}

const measure = (outcome, name) => outcome.measures.find((candidate) => candidate.name === name);

function text({ value, unit }) {
  const digits = (value < 10 && !Number.isInteger(value)) ? 1 : 0;
  const number = value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return unit ? `${number} ${unit}` : number;
}

function failures({ failures }) {
  return Object.entries(failures).map(([type, count]) => `${count} ${type}`).join(', ') || 'none';
}

// The last argument may be attributes
function el(tag, ...content) {
  const node = document.createElement(tag);
  const last = content.at(-1);
  if (last && !(last instanceof Node) && typeof last === 'object') {
    content.pop();
    Object.entries(last).forEach(([name, value]) => node.setAttribute(name, value));
  }
  node.append(...content);
  return node;
}

async function poll() {
  await update();
  setTimeout(poll, POLL_MILLIS);
}

poll();
