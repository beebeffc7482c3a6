// One small form at a time, beside the place it is about: links, and what stands below an image.

import { button, composing, element, icon } from './dom.js';

let serial = 0;

// fields: {name, label, help?, value, inputmode?, rows?}; save(values) returns null, or {name, message} to refuse.
export function openPanel(rte, { title, fields, save, remove, labels, icons, top, saveOnLeave = false, done }) {
  rte.closePanel?.();
  const inputs = Object.fromEntries(fields.map((field) => [field.name, control(field)]));
  const error = element('p', { class: 'field__error', id: `rte-error-${serial += 1}`, role: 'alert', hidden: '' });
  const panel = element('div', { class: 'rte__panel panel', role: 'dialog', 'aria-label': title }, [
    ...Object.values(inputs).map((input) => input.field), error,
    element('div', { class: 'btn-row' }, [
      button({ class: 'btn btn--primary btn--sm', text: labels.save, act: () => submit() }),
      ...(remove ? [button({ class: 'btn btn--quiet btn--sm', text: remove.text, act: () => { remove.act(); close(); } })] : []),
      button({ class: 'btn btn--quiet btn--sm', text: labels.cancel, act: () => close() }),
    ]),
  ]);

  function submit() {
    const values = Object.fromEntries(Object.entries(inputs).map(([name, { input }]) => [name, input.value.replace(/\s+/g, ' ').trim()]));
    const refused = save(values);
    if (!refused) return close();
    const { input } = inputs[refused.name];
    error.replaceChildren(icon(icons, 'bad'), refused.message);
    error.hidden = false;
    input.setAttribute('aria-invalid', 'true');
    input.setAttribute('aria-describedby', error.id);
    return input.focus();
  }

  function close({ focus = true } = {}) {
    if (!panel.isConnected) return;
    document.removeEventListener('pointerdown', leave, true);
    panel.remove();
    rte.closePanel = null;
    done({ focus });
  }

  function leave(event) {
    if (panel.contains(event.target)) return;
    if (saveOnLeave) save(Object.fromEntries(Object.entries(inputs).map(([name, { input }]) => [name, input.value.trim()])));
    close({ focus: false });
  }

  panel.addEventListener('keydown', (event) => {
    if (composing(event)) return;
    if (event.key === 'Escape') close();
    else if (event.key === 'Enter' && event.target.tagName === 'INPUT') submit();
    else if (event.key === 'Tab') return keepInside(panel, event);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  // What is typed here is no change of the form until it is saved.
  for (const type of ['input', 'change']) panel.addEventListener(type, (event) => event.stopPropagation());
  document.addEventListener('pointerdown', leave, true);

  panel.style.top = `${top}px`;
  rte.append(panel);
  rte.closePanel = close;
  const first = Object.values(inputs)[0].input;
  first.focus();
  first.select();
  panel.scrollIntoView({ block: 'nearest' });
}

function control({ label, help, value = '', inputmode }) {
  const id = `rte-field-${serial += 1}`;
  const input = element('input', { class: 'input', id, inputmode, autocomplete: 'off', 'aria-describedby': help ? `${id}-help` : null });
  input.value = value;
  const parts = [element('label', { class: 'field__label', for: id }, [label])];
  if (help) parts.push(element('p', { class: 'field__help', id: `${id}-help` }, [help]));
  return { input, field: element('div', { class: 'field' }, [...parts, input]) };
}

function keepInside(panel, event) {
  const stops = [...panel.querySelectorAll('input, button')];
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0]).focus();
}
