// Findings, pools, and a card for each upstream, those first that need attention.

import { ConnectionsChart } from './charts.js';
import { Keyed, byId, el, show, text } from './dom.js';
import { count, ending, keepAlive, millis, outcomes, percent, plural, ranked, sum, within, words } from './format.js';

const FIRST_SHOWN = 24;

const MINUTE = 60_000;

export const link = (name) => `#${new URLSearchParams({ upstream: name })}`;

// How much an upstream needs attention, by what it did in the last minute
export function attention(upstream, samples = []) {
  const minute = samples.filter((sample) => sample.at >= samples.at(-1).at - MINUTE);
  const turnedAway = (minute.length > 0) ? minute.at(-1).turnedAway - minute[0].turnedAway : 0;
  if (upstream.findings.length > 0) {
    return { level: 3, text: plural(upstream.findings.length, 'finding') };
  }
  if (turnedAway > 0) {
    return { level: 2, text: `${plural(turnedAway, 'caller')} turned away` };
  }
  if (minute.some((sample) => sample.pending > 0)) {
    return { level: 2, text: 'Callers wait' };
  }
  return minute.some((sample) => sample.active >= 0.8 * sample.max) ? { level: 1, text: 'Nearly full' } : { level: 0, text: (samples.at(-1)?.acquired > 0) ? 'Fine' : 'Not called yet' };
}

export class Chip {

  constructor() {
    this.icon = el('span', { 'aria-hidden': 'true' });
    this.label = el('span');
    this.node = el('span', {}, this.icon, ' ', this.label);
  }

  update({ level, text: label }) {
    this.node.className = `chip level-${level}`;
    text(this.icon, ['✓', '◐', '▲', '▲'][level]);
    text(this.label, label);
  }

}

export class Finding {

  constructor({ id, upstream }, { linked = true } = {}) {
    this.message = el('p', { className: 'message' });
    this.setting = el('code');
    this.copy = el('button', { type: 'button', textContent: 'Copy', onclick: () => this.toClipboard() });
    this.fix = el('div', { className: 'fix' }, this.setting, this.copy);
    const about = (upstream && linked) ? el('a', { href: link(upstream), textContent: upstream }) : el('span', { textContent: upstream ?? 'application' });
    this.node = el('li', { className: 'finding' }, el('p', { className: 'about' }, el('span', { className: 'mark', textContent: '▲ ', 'aria-hidden': 'true' }), about,
      el('span', { className: 'muted', textContent: ` · ${words(id)}` })), this.message, this.fix);
  }

  update({ message, property, suggestedValue }) {
    text(this.message, message);
    show(this.fix, Boolean(property));
    show(this.copy, Boolean(property && suggestedValue));
    text(this.setting, suggestedValue ? `${property}=${suggestedValue}` : property ?? '');
    this.copy.setAttribute('aria-label', `Copy ${this.setting.textContent}`);
  }

  async toClipboard() {
    try {
      await navigator.clipboard.writeText(this.setting.textContent);
      text(this.copy, 'Copied');
    }
    catch {
      // Only pages from https or this machine may write there
      getSelection().selectAllChildren(this.setting);
      text(this.copy, 'Selected');
    }
    setTimeout(() => text(this.copy, 'Copy'), 2_000);
  }

}

export const findingKey = ({ id, upstream, property }) => JSON.stringify([id, upstream, property]);

// Terms with values that change
export class Facts {

  constructor(terms, className = 'facts') {
    this.values = terms.map(() => el('dd'));
    this.node = el('dl', { className }, ...terms.map((term, i) => el('div', {}, el('dt', { textContent: term }), this.values[i])));
  }

  update(values) {
    values.forEach((value, i) => text(this.values[i], value));
  }

}

// The share of each state in all connections that there may be
export class Usage {

  constructor() {
    this.parts = ['active', 'idle', 'canary'].map((state) => ({ state, bar: el('span', { className: state }), label: el('span', { className: `key ${state}` }) }));
    this.node = el('div', { className: 'usage' }, el('div', { className: 'bar-of-max', 'aria-hidden': 'true' }, ...this.parts.map((part) => part.bar)),
      el('p', { className: 'keys' }, ...this.parts.map((part) => part.label)));
  }

  update({ active, idle, canaries }, max) {
    const numbers = { active, idle, canary: canaries };
    const all = Math.max(1, max, active + idle + canaries);
    for (const { state, bar, label } of this.parts) {
      bar.style.width = `${100 * numbers[state] / all}%`;
      text(label, (state === 'canary') ? plural(canaries, 'canary', 'canaries') : `${count(numbers[state])} ${state}`);
    }
  }

}

export const retried = (retries) => ranked(outcomes(retries)).map(([outcome, number]) => `${count(number)} ${ending(outcome)}`).join(', ') || 'none';

export const turnedAway = ({ refused, expired }) => (refused + expired > 0) ? `${count(refused)} refused, ${count(expired)} timed out` : 'none';

class Card {

  constructor({ name }, history) {
    Object.assign(this, { name, history, chip: new Chip(), usage: new Usage(), chart: new ConnectionsChart(name, { small: true }) });
    this.limit = el('span', { className: 'muted' });
    this.active = el('strong');
    this.facts = new Facts(['Acquire p50 since start', 'Acquire p99 since start', 'Waiting', 'Turned away', 'Reuse', 'Keep-alive trusted', 'Closed', 'Retries']);
    this.node = el('li', { className: 'card upstream' }, el('div', { className: 'bar' }, el('h3', {}, el('a', { href: link(name), textContent: name })), this.chip.node),
      el('p', { className: 'figure' }, this.active, ' ', this.limit), this.chart.node, this.usage.node, this.facts.node);
  }

  update(upstream) {
    const { connections, callers } = upstream;
    const samples = this.history.get(this.name) ?? [];
    this.chip.update(attention(upstream, samples));
    text(this.active, count(connections.active));
    text(this.limit, `of ${count(connections.max)} connections active`);
    this.usage.update(connections, connections.max);
    this.chart.update(samples);
    const [most] = ranked(connections.closed);
    this.facts.update([within(callers.acquire, callers.acquire.p50Millis), within(callers.acquire, callers.acquire.p99Millis), count(callers.pending), turnedAway(callers),
      percent(upstream.reuseRatio), keepAlive(upstream.keepAlive), most ? `${count(sum(connections.closed))}, mostly ${words(most[0])}` : 'none', retried(upstream.retries)]);
  }

  remove() {
    this.chart.remove();
  }

}

const byClient = (pool) => Object.entries(pool.byClient).map(([client, { active, idle }]) => `${count(active + idle)} ${client}`).join(', ');

class Pool {

  constructor({ name }) {
    this.usage = new Usage();
    this.facts = new Facts(['In use', 'By client', 'Waiting', 'Last sweep'], 'tiles');
    this.node = el('div', { className: 'card' }, el('h3', { className: 'visually-hidden', textContent: name }), this.facts.node, this.usage.node);
  }

  update(pool) {
    this.facts.update([`${count(pool.active + pool.idle)} of ${count(pool.maxTotal)}`, byClient(pool), plural(pool.pending, 'caller'), `${millis(pool.sweeper.lastRunMillisAgo)} ago`]);
    this.usage.update(pool, pool.maxTotal);
  }

}

export class Overview {

  constructor(history) {
    this.history = history;
    this.findings = new Keyed(byId('findings'), findingKey, (finding) => new Finding(finding));
    this.pools = new Keyed(byId('pools'), (pool) => pool.name, (pool) => new Pool(pool));
    this.cards = new Keyed(byId('cards'), (upstream) => upstream.name, (upstream) => new Card(upstream, history));
    this.announced = new Set();
    this.all = false;
    byId('filter').addEventListener('input', () => this.list());
    byId('more').addEventListener('click', () => {
      this.all = true;
      this.list();
      byId('cards').children[FIRST_SHOWN]?.querySelector('a').focus();
    });
  }

  update(data, visible) {
    this.data = data;
    this.announce(data.findings);
    if (visible) {
      this.findings.update(data.findings);
      show(byId('no-findings'), data.findings.length === 0);
      this.pools.update(data.pools);
      show(byId('empty'), data.upstreams.length === 0);
      this.list();
    }
  }

  // Only what is new: the numbers in a sentence change every time
  announce(findings) {
    const known = new Set(findings.map(findingKey));
    const added = findings.filter((finding) => !this.announced.has(findingKey(finding)));
    if (added.length > 0) {
      text(byId('findings-live'), added.map((finding) => finding.message).join(' '));
    }
    this.announced = known;
  }

  list() {
    if (this.data === undefined) {
      return;
    }
    const { upstreams } = this.data;
    const wanted = byId('filter').value.trim().toLowerCase();
    const level = new Map(upstreams.map((upstream) => [upstream, attention(upstream, this.history.get(upstream.name)).level]));
    const matching = upstreams.filter((upstream) => upstream.name.toLowerCase().includes(wanted))
      .sort((a, b) => level.get(b) - level.get(a) || a.name.localeCompare(b.name, 'en', { numeric: true }));
    const shown = this.all ? matching : matching.slice(0, FIRST_SHOWN);
    this.cards.update(shown);
    show(byId('filter-label'), upstreams.length > 1);
    text(byId('shown'), (shown.length < upstreams.length) ? `${count(shown.length)} of ${count(upstreams.length)}` : (upstreams.length > 0) ? count(upstreams.length) : '');
    show(byId('none-match'), upstreams.length > 0 && matching.length === 0);
    text(byId('none-match'), `No upstream has “${byId('filter').value}” in its name.`);
    show(byId('more'), shown.length < matching.length);
    text(byId('more'), `Show all ${count(matching.length)}`);
  }

}
