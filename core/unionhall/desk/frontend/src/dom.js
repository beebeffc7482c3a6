export function element(tag, attributes = {}, children = []) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== undefined) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function icon(icons, name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `${icons}#${name}`);
  svg.append(use);
  return svg;
}

// `text` is shown, `label` only read out.
export function button({ act, icon: name, icons, text, label, ...attributes }) {
  const made = element('button', { type: 'button', 'aria-label': label, title: label, ...attributes });
  if (name) made.append(icon(icons, name));
  if (text) made.append(text);
  made.addEventListener('click', act);
  return made;
}

// Enter that confirms an input-method candidate is not an Enter.
export const composing = (event) => event.isComposing || event.keyCode === 229;
