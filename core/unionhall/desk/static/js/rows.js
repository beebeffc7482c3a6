// [data-rows="bylines"] lists: add, remove and order rows named bylines-0-role, bylines-1-role … in place.
import { announce, composing, fill, fresh } from './dom.js';

const rowsOf = (list) => [...list.querySelectorAll('[data-row]')].filter((row) => row.closest('[data-rows]') === list);
const listOf = (form, prefix) => (form ?? document).querySelector(`[data-rows="${CSS.escape(prefix)}"]`);

export function rows(root) {
  for (const button of fresh(root, '[data-add]', 'add')) button.addEventListener('click', (event) => add(event, button));
  for (const list of fresh(root, '[data-rows]', 'rows')) {
    list.addEventListener('click', (event) => press(event, list));
    list.addEventListener('keydown', (event) => nudge(event, list));
    // Rows that another script has put in.
    list.addEventListener('uh:rows', () => {
      for (const row of rowsOf(list)) if (!row.querySelector('[data-label-pattern]')) learn(row, null);
      renumber(list);
    });
    rowsOf(list).forEach(learn);
    ends(list);
    if (list.querySelector('.handle')) drag(list);
  }
}

// Labels hold the row's number as a reader counts it; where it stands is known only while the number is.
function learn(row, at) {
  for (const element of [row, ...row.querySelectorAll('[aria-label]')]) {
    const label = element.getAttribute('aria-label');
    let found = false;
    const pattern = label?.replace(/\{n\}|\d+/g, (digits) => {
      if (found || (digits !== '{n}' && at !== null && digits !== String(at + 1))) return digits;
      found = true;
      return '{n}';
    });
    if (found) element.dataset.labelPattern = pattern;
  }
}

function renumber(list) {
  const prefix = list.dataset.rows;
  const start = new RegExp(`(^|\\s)${prefix.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}-(?:\\d+|__\\w+__|\\{n\\})(?=-|$|\\s)`, 'g');
  rowsOf(list).forEach((row, at) => {
    for (const element of [row, ...row.querySelectorAll('*')]) {
      for (const name of ['name', 'id', 'for', 'list', 'aria-describedby', 'aria-labelledby', 'value']) {
        if (name === 'value' && element.tagName !== 'BUTTON') continue;
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replace(start, `$1${prefix}-${at}`));
      }
      if (element.matches('button[data-move], button[data-remove]') && element.value && !start.test(element.value)) {
        element.value = element.value.replace(/\d+$/, at);
      }
      start.lastIndex = 0;
      if (element.dataset.labelPattern) element.setAttribute('aria-label', fill(element.dataset.labelPattern, { n: at + 1 }));
    }
  });
  ends(list);
  list.dispatchEvent(new Event('input', { bubbles: true }));
}

// aria-disabled, not disabled: a button must not lose the focus by doing its work.
function ends(list) {
  const all = rowsOf(list);
  all.forEach((row, at) => {
    for (const button of row.querySelectorAll('[data-move]')) {
      button.setAttribute('aria-disabled', String(at === (button.dataset.move === 'up' ? 0 : all.length - 1)));
    }
  });
}

function press(event, list) {
  const button = event.target.closest('[data-move], [data-remove]');
  if (!button || button.closest('[data-rows]') !== list) return;
  event.preventDefault();
  const row = button.closest('[data-row]');
  if ('remove' in button.dataset) remove(list, row);
  else move(list, row, button.dataset.move === 'up' ? -1 : 1, button);
}

function nudge(event, list) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const handle = event.target.closest('.handle');
  if (!step || !handle || composing(event)) return;
  event.preventDefault();
  move(list, handle.closest('[data-row]'), step, handle);
}

function move(list, row, step, focus) {
  const all = rowsOf(list);
  const other = all[all.indexOf(row) + step];
  if (!other) return;
  other[step < 0 ? 'before' : 'after'](row);
  moved(list, row);
  focus.focus();
}

function moved(list, row) {
  renumber(list);
  announce(fill(list.dataset.moved, { n: rowsOf(list).indexOf(row) + 1 }));
}

function remove(list, row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  renumber(list);
  announce(list.dataset.removed);
  const adder = [...document.querySelectorAll('[data-add]')].find((button) => button.dataset.add === list.dataset.rows);
  (field(next) ?? adder)?.focus();
}

const field = (row) => row?.querySelector('select, input:not([type="hidden"]), textarea');

function add(event, button) {
  const form = button.form ?? button.closest('form');
  const list = listOf(form, button.dataset.add);
  const template = document.querySelector(`template[data-template="${CSS.escape(button.dataset.add)}"]`);
  if (!list || !template) return;
  event.preventDefault();
  list.append(template.content.cloneNode(true));
  const row = rowsOf(list).at(-1);
  learn(row, null);
  renumber(list);
  field(row)?.focus();
}

async function drag(list) {
  const { default: Sortable } = await import('../vendor/sortable.esm.js');
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  Sortable.create(list, {
    handle: '.handle', draggable: '[data-row]', animation: still ? 0 : 150, chosenClass: 'is-lifted',
    onEnd: ({ oldIndex, newIndex, item }) => { if (oldIndex !== newIndex) moved(list, item); },
  });
}
