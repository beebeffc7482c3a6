// details.menu closes on Escape, on a click outside, and when another opens; "/" goes to the search.
import { composing } from './dom.js';

const open = () => document.querySelectorAll('details.menu[open]');

export function menus() {
  document.addEventListener('click', (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener('toggle', (event) => {
    if (!event.target.matches?.('details.menu[open]')) return;
    for (const menu of open()) if (!menu.contains(event.target) && !event.target.contains(menu)) menu.open = false;
  }, true);
  document.addEventListener('keydown', (event) => {
    if (composing(event) || event.defaultPrevented) return;
    if (event.key === 'Escape') closeInnermost();
    if (event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) toSearch(event);
  });
}

function closeInnermost() {
  const all = [...open()];
  const menu = document.activeElement?.closest('details.menu[open]') ?? all.at(-1);
  if (!menu) return;
  menu.open = false;
  menu.querySelector('summary')?.focus();
}

const typing = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

function toSearch(event) {
  const input = document.querySelector('.desk-top__search input');
  if (!input?.offsetParent) return;
  event.preventDefault();
  input.focus();
  input.select();
}
