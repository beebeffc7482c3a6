// [data-select-all] ticks the `ids` of its form; [data-selected-count] says how many are ticked.
import { fill } from './dom.js';

const boxes = (form) => [...form.querySelectorAll('input[type="checkbox"][name="ids"]:not(:disabled)')];

export function selection() {
  document.addEventListener('change', ({ target }) => {
    const form = target.form;
    if (!form) return;
    if (target.matches('[data-select-all]')) for (const box of boxes(form)) box.checked = target.checked;
    else if (target.name !== 'ids') return;
    show(form);
  });
  // A page taken from the browser's history may come with boxes ticked.
  addEventListener('pageshow', () => document.querySelectorAll('form:has([data-select-all])').forEach(show));
}

function show(form) {
  const all = boxes(form);
  const ticked = all.filter((box) => box.checked).length;
  for (const head of form.querySelectorAll('[data-select-all]')) {
    head.checked = ticked > 0 && ticked === all.length;
    head.indeterminate = ticked > 0 && ticked < all.length;
  }
  for (const count of form.querySelectorAll('[data-selected-count]')) count.textContent = fill(count.dataset.template, { n: ticked });
}
