// What Chart.js draws, if it is there. Numbers stand beside every chart, so nothing is lost without it.

import { count } from './format.js';

const Chart = window.Chart;

export const chartsAvailable = Chart !== undefined;

const SHORTEST = 30;

const dark = window.matchMedia('(prefers-color-scheme: dark)');

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

const area = (label, name, fill, dash = []) => ({ label, name, fill, stack: 'connections', borderWidth: 1.5, borderDash: dash });

const line = (label, name, { dash = [], fill = false } = {}) => ({ label, name, stack: name, fill, borderWidth: 2, borderDash: dash });

const CONNECTIONS = [area('active', 'active', 'origin'), area('idle', 'idle', '-1', [4, 2]), area('canary', 'canary', '-1', [1, 2])];

const LIMIT = line('max', 'limit', { dash: [6, 4] });

class TimeChart {

  constructor(label, lines, { small = false, unit = '' } = {}) {
    Object.assign(this, { lines, small, unit });
    this.canvas = document.createElement('canvas');
    this.canvas.setAttribute('role', 'img');
    this.canvas.setAttribute('aria-label', label);
    this.node = document.createElement('div');
    this.node.className = small ? 'chart small' : 'chart';
    this.node.append(this.canvas);
    this.node.hidden = !chartsAvailable;
    this.recolor = () => this.paint();
    dark.addEventListener('change', this.recolor);
  }

  // Values by the names of the lines, each an array as long as the times
  update(times, values) {
    if (!chartsAvailable || times.length === 0) {
      return;
    }
    this.chart ??= new Chart(this.canvas, { type: 'line', data: { datasets: this.lines.map((each) => ({ ...each })) }, options: this.options() });
    const last = times.at(-1);
    this.chart.data.datasets.forEach((dataset) => {
      const series = values[dataset.name] ?? [];
      dataset.data = series.map((y, i) => ({ x: (times[i] - last) / 1000, y }));
    });
    const { scales } = this.chart.options;
    scales.x.min = Math.min(-SHORTEST, (times[0] - last) / 1000);
    this.paint();
  }

  paint() {
    if (this.chart === undefined) {
      return;
    }
    for (const dataset of this.chart.data.datasets) {
      dataset.borderColor = color(dataset.name);
      dataset.backgroundColor = color(`${dataset.name}-area`);
    }
    for (const scale of Object.values(this.chart.options.scales)) {
      scale.grid.color = color('line');
      scale.ticks.color = color('muted');
    }
    this.chart.update('none');
  }

  remove() {
    dark.removeEventListener('change', this.recolor);
    this.chart?.destroy();
  }

  options() {
    const visible = !this.small;
    return {
      animation: false, parsing: false, normalized: true, responsive: true, maintainAspectRatio: false,
      events: visible ? undefined : [], interaction: { mode: 'index', intersect: false },
      elements: { point: { radius: 0 }, line: { cubicInterpolationMode: 'monotone' } },
      plugins: {
        legend: { display: false },
        tooltip: { enabled: visible, callbacks: {
          title: ([item]) => ago(item.parsed.x),
          label: ({ dataset, parsed }) => `${dataset.label}: ${count(parsed.y)}${this.unit}`,
        } },
      },
      scales: {
        x: { type: 'linear', max: 0, display: visible, grid: { display: false }, border: { display: false },
          ticks: { maxTicksLimit: 5, maxRotation: 0, callback: ago } },
        y: { stacked: true, beginAtZero: true, suggestedMax: 1, display: visible, border: { display: false }, grid: {},
          ticks: { maxTicksLimit: 5, precision: 0 } },
      },
    };
  }

}

function ago(seconds) {
  if (seconds > -1) {
    return 'now';
  }
  return (seconds <= -120) ? `−${Math.round(-seconds / 6) / 10} min` : `−${Math.round(-seconds)} s`;
}

export class ConnectionsChart extends TimeChart {

  constructor(name, { small = false } = {}) {
    super(`Connections to ${name} by state, over the last minutes`, [...CONNECTIONS, LIMIT], { small });
  }

  update(samples) {
    const peak = Math.max(0, ...samples.map((sample) => sample.active + sample.idle + sample.canaries));
    // Far away the limit would only press the rest flat
    const near = samples.length > 0 && peak >= samples.at(-1).max / 3;
    super.update(samples.map((sample) => sample.at), {
      active: samples.map((sample) => sample.active),
      idle: samples.map((sample) => sample.idle),
      canary: samples.map((sample) => sample.canaries),
      limit: near ? samples.map((sample) => sample.max) : [],
    });
  }

}

export class PendingChart extends TimeChart {

  constructor(name) {
    super(`Callers waiting for a connection to ${name}, over the last minutes`, [line('waiting', 'pending', { fill: true })]);
  }

  update(samples) {
    super.update(samples.map((sample) => sample.at), { pending: samples.map((sample) => sample.pending) });
  }

}

export class RateChart extends TimeChart {

  constructor(name) {
    super(`Leases of connections to ${name} per second, over the last minutes`, [line('leases', 'rate')], { unit: '/s' });
  }

  update(samples) {
    super.update(samples.slice(1).map((sample) => sample.at), { rate: rates(samples) });
  }

}

export const rates = (samples) => samples.slice(1).map((sample, i) => Math.max(0,
  (sample.acquired - samples[i].acquired) / Math.max(0.001, (sample.at - samples[i].at) / 1000)));
