import { Node } from '@tiptap/core';
import { NodeSelection, Selection } from '@tiptap/pm/state';
import { button, element } from './dom.js';
import { mediaSrc } from './safe.js';

export const lacks = (attrs, labels) => ['caption', 'credit', 'alt'].filter((name) => !attrs[name].trim()).map((name) => labels[name]);

export const Figure = Node.create({
  name: 'figure',
  group: 'block',
  atom: true,
  draggable: true,
  addOptions: () => ({ labels: {}, icons: '', edit: () => {} }),
  addAttributes: () => Object.fromEntries(['src', 'alt', 'width', 'height', 'caption', 'credit'].map((name) => [name, { default: '' }])),
  parseHTML() {
    return [
      { tag: 'figure', getAttrs: (figure) => attributes(figure, figure.querySelector('img')) },
      { tag: 'img[src]', getAttrs: (image) => attributes(image, image) },
    ];
  },
  renderHTML({ node: { attrs } }) {
    const image = ['img', sized(attrs)];
    const below = [attrs.caption, attrs.credit && ['span', { class: 'figure__credit' }, attrs.credit]].filter(Boolean);
    return ['figure', { class: 'figure' }, image, ...(below.length ? [['figcaption', {}, ...below]] : [])];
  },
  addNodeView() {
    const { labels, icons, edit } = this.options;
    return ({ editor, node, getPos }) => {
      const image = element('img');
      const caption = element('figcaption');
      const warning = element('span', { class: 'chip chip--warn' });
      const tools = element('div', { class: 'btn-row' }, [
        button({ class: 'btn btn--sm', icon: 'edit', icons, text: labels.editFigure, act: () => edit(editor, getPos()) }),
        button({ class: 'btn btn--sm btn--danger', icon: 'trash', icons, text: labels.remove, act: () => removeAt(editor, getPos()) }),
        warning,
      ]);
      const dom = element('figure', { class: 'figure', contenteditable: 'false' }, [image, caption, tools]);
      const show = ({ attrs }) => {
        for (const [name, value] of Object.entries(sized(attrs))) image.setAttribute(name, value);
        caption.replaceChildren(attrs.caption || '', ' ', element('span', { class: 'figure__credit' }, [attrs.credit]));
        const missing = lacks(attrs, labels);
        warning.hidden = !missing.length;
        warning.textContent = missing.length ? `${labels.missing}${missing.join(labels.listComma)}` : '';
      };
      show(node);
      return {
        dom,
        update: (next) => next.type.name === 'figure' && (show(next), true),
        stopEvent: (event) => tools.contains(event.target) && !event.type.startsWith('drag'),
        ignoreMutation: () => true,
      };
    };
  },
  addKeyboardShortcuts() {
    return {
      Enter: ({ editor }) => {
        const { selection } = editor.state;
        if (!(selection instanceof NodeSelection) || selection.node.type.name !== 'figure') return false;
        this.options.edit(editor, selection.from);
        return true;
      },
    };
  },
});

function sized({ src, alt, width, height }) {
  return { src, alt, ...(width && { width }), ...(height && { height }) };
}

function attributes(holder, image) {
  const src = mediaSrc(image?.getAttribute('src'), location.origin);
  if (!src) return false;
  const number = (name) => (/^[1-9]\d{0,4}$/.test(image.getAttribute(name) ?? '') ? image.getAttribute(name) : '');
  const credit = holder.querySelector('.figure__credit')?.textContent ?? '';
  const below = holder.querySelector('figcaption')?.cloneNode(true);
  below?.querySelector('.figure__credit')?.remove();
  return {
    src, alt: image.getAttribute('alt') ?? '', width: number('width'), height: number('height'),
    caption: (below?.textContent ?? '').trim(), credit: credit.trim(),
  };
}

function removeAt(editor, at) {
  editor.commands.command(({ tr }) => {
    tr.delete(at, at + 1);
    return Boolean(tr.setSelection(Selection.near(tr.doc.resolve(at))));
  });
  editor.view.focus();
}
