// Comfort for the desk: every page works without it (docs: desk/frontend/README.md).
import { autosave } from './js/autosave.js';
import { copying } from './js/copying.js';
import { fields } from './js/fields.js';
import { menus } from './js/menus.js';
import { rows } from './js/rows.js';
import { selection } from './js/selection.js';
import { swap } from './js/swap.js';
import { unsaved } from './js/unsaved.js';

document.documentElement.classList.add('js');
for (const start of [menus, swap, selection, unsaved, copying]) start();

function enhance(root) {
  for (const element of root.querySelectorAll('[data-needs-js]')) element.hidden = false;
  for (const act of [rows, fields, autosave]) act(root);
  root.querySelector('.notice[role="alert"][tabindex="-1"]')?.focus();
}

enhance(document);
document.addEventListener('uh:load', (event) => enhance(event.target));
