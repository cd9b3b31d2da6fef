// Builds and updates the page by text and properties alone: names of upstreams come from others.

export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in node) {
      node[name] = value;
    }
    else {
      node.setAttribute(name, value);
    }
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export const byId = (id) => document.getElementById(id);

export function text(node, value) {
  if (node.textContent !== value) {
    node.textContent = value;
  }
}

export function show(node, visible) {
  if (node.hidden === visible) {
    node.hidden = !visible;
  }
}

// One view for each item, kept as long as the item is there, so that focus and charts stay
export class Keyed {

  constructor(parent, keyOf, create) {
    Object.assign(this, { parent, keyOf, create, views: new Map() });
  }

  update(items) {
    const before = this.views;
    this.views = new Map(items.map((item) => [this.keyOf(item), before.get(this.keyOf(item)) ?? this.create(item)]));
    for (const [key, view] of before) {
      if (!this.views.has(key)) {
        view.node.remove();
        view.remove?.();
      }
    }
    let at = this.parent.firstElementChild;
    for (const item of items) {
      const view = this.views.get(this.keyOf(item));
      if (view.node === at) {
        at = at.nextElementSibling;
      }
      else {
        place(view.node, this.parent, at);
      }
      view.update(item);
    }
  }

}

function place(node, parent, before) {
  const focused = node.contains(document.activeElement) ? document.activeElement : null;
  parent.insertBefore(node, before);
  focused?.focus({ preventScroll: true });
}

// A table that is written again only when what it says has changed
export class Table {

  constructor(caption, columns, { empty, numeric = [] }) {
    Object.assign(this, { columns, numeric, empty });
    this.body = el('tbody');
    this.table = el('table', {}, el('caption', { className: 'visually-hidden', textContent: caption }),
      el('thead', {}, el('tr', {}, ...columns.map((column, i) => el('th', { scope: 'col', className: this.kind(i), textContent: column })))),
      this.body);
    this.scroller = el('div', { className: 'scroller', tabIndex: 0, role: 'region', 'aria-label': caption }, this.table);
    this.none = el('p', { className: 'muted', textContent: empty });
    this.node = el('section', { className: 'card' }, el('h3', { textContent: caption }), this.scroller, this.none);
  }

  kind(column) {
    return this.numeric.includes(column) ? 'number' : '';
  }

  update(rows) {
    const content = JSON.stringify(rows);
    if (content === this.content) {
      return;
    }
    this.content = content;
    show(this.scroller, rows.length > 0);
    show(this.none, rows.length === 0);
    this.body.replaceChildren(...rows.map((row) => el('tr', {}, ...row.map((cell, i) => (i === 0)
      ? el('th', { scope: 'row', textContent: cell }) : el('td', { className: this.kind(i), textContent: cell })))));
  }

}
