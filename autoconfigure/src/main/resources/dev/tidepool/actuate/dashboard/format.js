// Numbers with their units, and the words for what the endpoint abbreviates.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

export const count = (value) => whole.format(value ?? 0);

export function millis(value) {
  if (value === null || value === undefined) {
    return '–';
  }
  if (value >= 60_000) {
    const seconds = Math.round(value / 1000);
    const parts = [[Math.floor(seconds / 3600), 'h'], [Math.floor(seconds / 60) % 60, 'min'], [seconds % 60, 's']];
    return parts.filter(([amount]) => amount > 0).slice(0, 2).map(([amount, unit]) => `${amount}\u00a0${unit}`).join(' ');
  }
  return (value >= 1000) ? `${short.format(value / 1000)}\u00a0s` : `${short.format(value)}\u00a0ms`;
}

// Of times that were measured, if any were
export const within = ({ count: times }, value) => (times > 0) ? millis(value) : '–';

export const percent = (ratio) => (ratio === null || ratio === undefined) ? '–' : `${short.format(ratio * 100)}\u00a0%`;

export const rate = (value) => `${short.format(value)}/s`;

export const plural = (number, one, many = `${one}s`) => `${count(number)} ${(number === 1) ? one : many}`;

export const time = (date) => date.toLocaleTimeString('en-GB');

export const words = (tag) => tag.replaceAll('-', ' ');

export const sum = (counts) => Object.values(counts ?? {}).reduce((total, value) => total + value, 0);

// The most frequent first
export const ranked = (counts) => Object.entries(counts ?? {}).sort((a, b) => b[1] - a[1]);

const endings = {
  'success': 'succeeded',
  'failure': 'failed again',
  'no-attempts-left': 'out of attempts',
  'no-time-left': 'out of time',
  'no-budget-left': 'out of budget',
  'retry-after-too-long': 'asked to wait too long',
};

export const ending = (outcome) => endings[outcome] ?? words(outcome);

// Retries come by cause and outcome: how often each outcome
export function outcomes(retries) {
  const totals = {};
  for (const byOutcome of Object.values(retries ?? {})) {
    for (const [outcome, number] of Object.entries(byOutcome)) {
      totals[outcome] = (totals[outcome] ?? 0) + number;
    }
  }
  return totals;
}

// What the page says of keep-alive in a line, of the address that is trusted least
export function keepAlive(addresses) {
  if (!addresses?.length) {
    return '–';
  }
  const least = addresses.reduce((a, b) => (b.trustedMillis < a.trustedMillis) ? b : a);
  const others = (addresses.length > 1) ? `, least of ${addresses.length} addresses` : '';
  return `${millis(least.trustedMillis)} (${least.source} ${millis(least.limitMillis)})${others}`;
}
