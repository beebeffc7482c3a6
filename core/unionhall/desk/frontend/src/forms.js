import { openPanel } from './panel.js';
import { typedHref } from './safe.js';

function below(rte, view, at) {
  const box = rte.getBoundingClientRect();
  const node = view.nodeDOM(at);
  const bottom = node?.nodeType === 1 && node.matches('figure') ? node.getBoundingClientRect().bottom : view.coordsAtPos(at).bottom;
  return bottom - box.top + 6;
}

export function editLink({ editor, rte, labels, icons }) {
  const href = editor.getAttributes('link').href;
  if (href) editor.commands.extendMarkRange('link');
  const { from, to, empty } = editor.state.selection;
  const fields = [{ name: 'href', label: labels.linkAddress, help: labels.linkHelp, value: href ?? '', inputmode: 'url' }];
  if (empty) fields.push({ name: 'text', label: labels.linkText, value: '' });
  openPanel(rte, {
    title: labels.link, fields, labels, icons, top: below(rte, editor.view, to),
    save: ({ href: typed, text }) => {
      const safe = typedHref(typed);
      if (!safe) return { name: 'href', message: labels.linkBad };
      const marks = [{ type: 'link', attrs: { href: safe } }];
      if (empty) editor.commands.insertContentAt(from, { type: 'text', text: text || typed, marks });
      else editor.chain().setTextSelection({ from, to }).setMark('link', { href: safe }).run();
      return null;
    },
    remove: href && { text: labels.linkRemove, act: () => editor.chain().setTextSelection({ from, to }).unsetMark('link').run() },
    done: ({ focus }) => focus && editor.view.focus(),
  });
}

export function editFigure({ editor, rte, labels, icons }, at) {
  const node = editor.state.doc.nodeAt(at);
  if (node?.type.name !== 'figure') return;
  // The text above may change while the form is open (an upload ends), so the place moves along.
  let place = at;
  const follow = ({ transaction }) => { place = transaction.mapping.map(place); };
  editor.on('transaction', follow);
  openPanel(rte, {
    title: labels.editFigure, labels, icons, saveOnLeave: true, top: below(rte, editor.view, at),
    fields: [
      { name: 'caption', label: labels.caption, help: labels.captionHelp, value: node.attrs.caption },
      { name: 'credit', label: labels.credit, help: labels.creditHelp, value: node.attrs.credit },
      { name: 'alt', label: labels.alt, help: labels.altHelp, value: node.attrs.alt },
    ],
    save: (values) => {
      const now = editor.state.doc.nodeAt(place);
      if (now?.type.name === 'figure' && ['caption', 'credit', 'alt'].some((name) => now.attrs[name] !== values[name])) {
        editor.commands.command(({ tr }) => Boolean(tr.setNodeMarkup(place, undefined, { ...now.attrs, ...values })));
      }
      return null;
    },
    done: ({ focus }) => {
      editor.off('transaction', follow);
      if (!focus) return;
      editor.commands.setNodeSelection(place);
      editor.view.focus();
    },
  });
}
