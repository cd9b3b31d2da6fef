// Asks the endpoint every two seconds while somebody looks, and keeps five minutes of its answers.

import { byId, show, text } from './dom.js';
import { time } from './format.js';
import { chartsAvailable } from './charts.js';
import { Overview } from './overview.js';
import { UpstreamView } from './upstream.js';

const INTERVAL = 2_000;

const LONGEST_INTERVAL = 10_000;

const TIMEOUT = 10_000;

const KEPT = 5 * 60_000;

const endpoint = document.querySelector('meta[name=tidepool-endpoint]').content;

const history = new Map();

const overview = new Overview(history);

const upstreamView = new UpstreamView(byId('upstream'), history);

let data = null;

let failures = 0;

let failingSince = null;

let paused = false;

let timer = null;

let running = null;

class Refused extends Error {

  constructor(kind) {
    super(kind);
    this.kind = kind;
  }

}

const messages = {
  permission: () => 'You are not allowed to read the pools. Sign in as a user who may read the Actuator endpoint “tidepool”, then reload this page.',
  missing: () => 'The Actuator endpoint “tidepool” is not exposed. Add it to the property management.endpoints.web.exposure.include, next to “tidepooldashboard”, and restart the application.',
  unreachable: () => `The application cannot be reached since ${time(failingSince)}. ${(data !== null)
    ? `What is shown is of ${time(data.at)}.` : ''} Trying again.`,
};

async function read(path) {
  const response = await fetch(path, { headers: { Accept: 'application/json' }, redirect: 'manual', cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT) });
  // A redirect, or a page instead of data, is a login
  if (response.status === 401 || response.status === 403 || response.type === 'opaqueredirect'
    || (response.ok && !response.headers.get('Content-Type')?.includes('json'))) {
    throw new Refused('permission');
  }
  if (response.status === 404) {
    throw new Refused('missing');
  }
  if (!response.ok) {
    throw new Refused('unreachable');
  }
  return response.json();
}

async function readUpstream(name) {
  try {
    return await read(`${endpoint}/${encodeURIComponent(name)}`);
  }
  catch (ex) {
    if (ex.kind === 'missing') {
      return null;
    }
    throw ex;
  }
}

const selected = () => new URLSearchParams(location.hash.slice(1)).get('upstream');

async function poll() {
  try {
    const answer = await read(endpoint);
    const name = selected();
    const upstream = (name !== null) ? await readUpstream(name) : null;
    data = { ...answer, at: new Date(), upstream: { name, found: upstream } };
    remember(data);
    failures = 0;
    failingSince = null;
    trouble(null);
    render();
  }
  catch (ex) {
    failures++;
    failingSince ??= new Date();
    trouble(messages[ex.kind ?? 'unreachable']());
  }
  status();
}

function remember({ upstreams, at }) {
  const called = new Set(upstreams.map((upstream) => upstream.name));
  [...history.keys()].filter((name) => !called.has(name)).forEach((name) => history.delete(name));
  for (const { name, connections, callers } of upstreams) {
    let samples = history.get(name) ?? [];
    if (samples.at(-1)?.acquired > callers.acquire.count) {
      // Counts that fall are those of an application that started again
      samples = [];
    }
    samples.push({ at: at.getTime(), active: connections.active, idle: connections.idle, canaries: connections.canaries, max: connections.max,
      pending: callers.pending, acquired: callers.acquire.count, turnedAway: callers.refused + callers.expired });
    history.set(name, samples.filter((sample) => sample.at >= at.getTime() - KEPT));
  }
}

function render() {
  const name = selected();
  show(byId('loading'), false);
  show(byId('overview'), name === null);
  show(byId('upstream'), name !== null);
  show(byId('no-charts'), !chartsAvailable);
  show(byId('charts-note'), chartsAvailable);
  if (name === null) {
    upstreamView.clear();
  }
  else if (data.upstream.name === name) {
    upstreamView.update(name, data.upstream.found);
  }
  overview.update(data, name === null);
  document.title = `${data.findings.length > 0 ? `(${data.findings.length}) ` : ''}${name ?? 'Tidepool'}${name !== null ? ' · Tidepool' : ''}`;
}

function trouble(message) {
  const node = byId('trouble');
  show(node, message !== null);
  text(node, message ?? '');
  document.body.classList.toggle('stale', message !== null);
  show(byId('loading'), data === null && message === null);
}

function status() {
  const state = (failures > 0) ? 'failing' : paused ? 'paused' : 'live';
  text(byId('live'), { failing: 'No data', paused: 'Paused', live: 'Live' }[state]);
  text(byId('updated'), (data !== null) ? ` · ${time(data.at)}` : '');
  byId('live-dot').className = `dot ${state}`;
}

// One poll at a time; what is wanted meanwhile comes after it
async function now() {
  clearTimeout(timer);
  if (running !== null) {
    running.again = true;
    return;
  }
  running = { again: false };
  await poll();
  const { again } = running;
  running = null;
  if (again) {
    now();
  }
  else if (!paused && !document.hidden) {
    timer = setTimeout(now, Math.min(INTERVAL * 2 ** Math.min(failures, 8), LONGEST_INTERVAL));
  }
}

byId('pause').addEventListener('click', (event) => {
  paused = !paused;
  event.target.setAttribute('aria-pressed', paused);
  status();
  paused ? clearTimeout(timer) : now();
});

document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    clearTimeout(timer);
  }
  else if (!paused) {
    now();
  }
});

window.addEventListener('hashchange', () => {
  if (data !== null) {
    render();
    byId('main').focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }
  now();
});

now();
