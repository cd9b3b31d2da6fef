// One upstream in detail: its last minutes, what became of its connections, and the settings in force.

import { ConnectionsChart, PendingChart, RateChart, chartsAvailable, rates } from './charts.js';
import { Keyed, Table, el, show } from './dom.js';
import { count, ending, millis, percent, plural, ranked, rate, within, words } from './format.js';
import { Chip, Facts, Finding, Usage, attention, findingKey, turnedAway } from './overview.js';

const optional = (value) => (value === null || value === undefined) ? '–' : value;

const duration = (value) => millis(value);

const leaked = ({ reclaimed, suspected }) => (reclaimed + suspected > 0) ? `${count(suspected)} suspected, ${count(reclaimed)} taken back` : 'none';

const rowsOf = (counts) => ranked(counts).map(([tag, number]) => [words(tag), count(number)]);

export class UpstreamView {

  constructor(node, history) {
    Object.assign(this, { node, history, name: null });
  }

  update(name, upstream) {
    if (this.name !== name) {
      this.clear();
      this.build(name);
    }
    show(this.missing, upstream === null);
    show(this.content, upstream !== null);
    show(this.chip.node, upstream !== null);
    if (upstream !== null) {
      this.fill(upstream, this.history.get(name) ?? []);
    }
  }

  clear() {
    this.charts?.forEach((chart) => chart.remove());
    this.charts = [];
    this.name = null;
    this.node.replaceChildren();
  }

  build(name) {
    this.name = name;
    this.chip = new Chip();
    const list = el('ul', { className: 'findings' });
    this.findings = new Keyed(list, findingKey, (finding) => new Finding(finding, { linked: false }));
    this.usage = new Usage();
    this.charts = [new ConnectionsChart(name), new PendingChart(name), new RateChart(name)];
    this.figures = ['Connections', 'Callers waiting', 'Leases per second'].map((title, i) => {
      const value = el('p', { className: 'figure' });
      return { value, node: el('section', { className: 'card' }, el('h3', { textContent: title }), value, ...(i === 0 ? [this.usage.node] : []), this.charts[i].node) };
    });
    this.facts = new Facts(['Acquire p50', 'Acquire p99', 'Usage p50', 'Usage p99', 'Turned away', 'Reuse', 'Requests per connection', 'Opened', 'Leaks', 'Retry budget left'], 'facts wide');
    this.tables = {
      closed: new Table('Closed connections', ['Reason', 'Connections'], { numeric: [1], empty: 'None was closed yet.' }),
      retries: new Table('Retries', ['Cause', 'Outcome', 'Attempts'], { numeric: [2], empty: 'Nothing had to be repeated.' }),
      expired: new Table('Time-outs', ['Phase', 'Calls'], { numeric: [1], empty: 'Nothing took too long.' }),
      drains: new Table('Responses closed before their end', ['Rest of the response', 'Responses'], { numeric: [1], empty: 'All were read to their end.' }),
      leaks: new Table('Suspected leaks', ['Taken at', 'Connections'], { numeric: [1], empty: 'None, or no leak-detection-threshold is set.' }),
      connect: new Table('Connecting, since start', ['Phase', 'Times', 'p50', 'p99'], { numeric: [1, 2, 3], empty: 'No connection was made yet.' }),
      keepAlive: new Table('Keep-alive', ['Address', 'Trusted', 'Limit', 'Known from', 'Configured', 'Announced', 'Learned', 'Requests at most'],
        { numeric: [1, 2, 4, 5, 6, 7], empty: 'No address was called yet.' }),
      ages: new Table('Open connections, oldest first', ['Address', 'State', 'Age', 'Idle for', 'Requests'], { numeric: [2, 3, 4], empty: 'None is open.' }),
      settings: new Table('Settings in force', ['Property', 'Value', 'Comes from', 'Set at'], { empty: 'None.' }),
    };
    const { keepAlive, ages, settings, ...narrow } = this.tables;
    this.missing = el('p', { className: 'notice', textContent: 'This upstream is not known to the application. It may have been forgotten, or the application has started again.' });
    this.content = el('div', { className: 'sections' }, list, el('div', { className: 'columns' }, ...this.figures.map((figure) => figure.node)),
      el('section', { className: 'card' }, el('h3', { textContent: 'Since start' }), this.facts.node),
      keepAlive.node, el('div', { className: 'columns' }, ...Object.values(narrow).map((table) => table.node)), ages.node, settings.node);
    this.node.append(el('p', {}, el('a', { href: '#', textContent: '← All upstreams' })),
      el('div', { className: 'bar' }, el('h1', { id: 'upstream-title', textContent: name }), this.chip.node), this.missing, this.content);
  }

  fill(upstream, samples) {
    const { connections, callers } = upstream;
    this.chip.update(attention(upstream, samples));
    this.findings.update(upstream.findings);
    this.charts.forEach((chart) => chart.update(samples));
    this.usage.update(connections, connections.max);
    const latest = rates(samples).at(-1);
    const values = [`${count(connections.active)} of ${count(connections.max)} active`, plural(callers.pending, 'caller'), (latest !== undefined) ? rate(latest) : '–'];
    values.forEach((value, i) => { this.figures[i].value.textContent = value; });
    show(this.charts[2].node, chartsAvailable && samples.length > 1);
    this.facts.update([within(callers.acquire, callers.acquire.p50Millis), within(callers.acquire, callers.acquire.p99Millis),
      within(callers.usage, callers.usage.p50Millis), within(callers.usage, callers.usage.p99Millis),
      turnedAway(callers), percent(upstream.reuseRatio), (upstream.requestsPerConnection ?? null) === null ? '–' : count(upstream.requestsPerConnection),
      count(connections.opened), leaked(upstream.leaks), count(upstream.retryBudget)]);
    this.tables.closed.update(rowsOf(connections.closed));
    this.tables.retries.update(Object.entries(upstream.retries).flatMap(([cause, outcomes]) => ranked(outcomes).map(([outcome, number]) => [words(cause), ending(outcome), count(number)])));
    this.tables.expired.update(rowsOf(upstream.expired));
    this.tables.drains.update(rowsOf(upstream.drains));
    this.tables.leaks.update((upstream.leaks.places ?? []).map(({ where, count: times }) => [where, count(times)]));
    this.tables.connect.update(Object.entries(upstream.connect).filter(([, { count: times }]) => times > 0)
      .map(([phase, latency]) => [phase, count(latency.count), millis(latency.p50Millis), millis(latency.p99Millis)]));
    this.tables.keepAlive.update(upstream.keepAlive.map((each) => [each.proxy ? `${each.address} through ${each.proxy}` : each.address, duration(each.trustedMillis),
      duration(each.limitMillis), each.source, duration(each.configuredMillis), duration(each.announcedMillis), duration(each.learnedMillis), optional(each.learnedMaxRequests)]));
    this.tables.ages.update((connections.ages ?? []).map((each) => [each.address, each.state, duration(each.ageMillis), duration(each.idleMillis), count(each.requests)]));
    this.tables.settings.update((upstream.settings ?? []).map((each) => [each.property, optional(each.value), each.source, optional(each.origin)]));
  }

}
