export const csrf = () => document.querySelector('meta[name="csrf-token"]')?.content ?? '';

export const fill = (text, values) => (text ?? '').replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

// Enter that confirms an input-method candidate is not an Enter.
export const composing = (event) => event.isComposing || event.keyCode === 229;

// Matches of a selector inside root, root itself included; each is given out once per `key`.
export function fresh(root, selector, key) {
  const found = [...root.querySelectorAll(selector)];
  if (root.matches?.(selector)) found.unshift(root);
  return found.filter((element) => !seen(element, key));
}

const marks = new WeakMap();
function seen(element, key) {
  const keys = marks.get(element) ?? new Set();
  marks.set(element, keys);
  return keys.has(key) || !keys.add(key);
}

let live;
export function announce(text) {
  if (!text) return;
  if (!live) {
    live = document.createElement('p');
    live.className = 'visually-hidden';
    live.setAttribute('aria-live', 'polite');
    document.body.append(live);
  }
  live.textContent = '';
  // A reader speaks on change, so the same words twice need a gap.
  setTimeout(() => { live.textContent = text; }, 100);
}
