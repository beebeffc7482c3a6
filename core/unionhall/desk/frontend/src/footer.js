import { button, element } from './dom.js';
import { lacks } from './figure.js';
import { countChars, fill } from './text.js';

const CHARS_A_MINUTE = 400;

export function footer({ labels, show }) {
  const words = element('span');
  const images = element('span');
  const dom = element('div', { class: 'rte__foot' }, [words, images]);
  let last = '';

  function refresh(doc) {
    const found = { figures: 0, short: 0, text: '' };
    doc.descendants((node) => {
      if (node.isText) found.text += node.text;
      else if (node.isBlock) found.text += '\n';
      if (node.type.name !== 'figure') return;
      found.figures += 1;
      found.text += `${node.attrs.caption}${node.attrs.credit}`;
      if (lacks(node.attrs, labels).length) found.short += 1;
    });
    const n = countChars(found.text);
    words.textContent = fill(labels.words, { n: n.toLocaleString('en'), m: Math.max(1, Math.round(n / CHARS_A_MINUTE)) });
    const state = `${found.figures} ${found.short}`;
    if (state === last) return;
    last = state;
    const counts = { n: found.figures, m: found.short };
    images.replaceChildren(!found.figures ? labels.figuresNone
      : !found.short ? fill(labels.figuresOk, counts)
        : button({ class: 'rte__short', icon: null, text: fill(labels.figuresShort, counts), act: () => show() }));
  }

  return { dom, refresh };
}

export function firstShort(doc, labels) {
  let first = null;
  doc.descendants((node, at) => {
    if (first === null && node.type.name === 'figure' && lacks(node.attrs, labels).length) first = at;
  });
  return first;
}
