// Pictures and documents from the library: whoever offers the chooser answers `uh:choose` (media/choose.js).

import { NodeSelection, TextSelection } from '@tiptap/pm/state';
import { lacks } from './figure.js';
import { mediaSrc, safeHref } from './safe.js';
import { spot } from './upload.js';

// What the library says of a picture, as a figure keeps it; null for anything that is none.
export function figureOf({ kind, src, alt = '', caption = '', creditLine = '', width, height }, origin = '') {
  const address = kind === 'image' && mediaSrc(src, origin);
  return address ? { src: address, alt, caption, credit: creditLine, width: String(width ?? ''), height: String(height ?? '') } : null;
}

export function linkOf({ kind, src, text }) {
  const href = kind === 'document' && safeHref(src);
  return href ? { type: 'text', text, marks: [{ type: 'link', attrs: { href } }] } : null;
}

export function library({ editor, textarea, labels, warn, otherwise, edit }) {
  return (kind) => {
    const url = textarea.dataset.chooseUrl && new URL(textarea.dataset.chooseUrl, location.href);
    if (!url) return otherwise(kind);
    url.searchParams.set('pick-want', kind);
    url.searchParams.set('pick-many', '1');
    const org = textarea.form?.elements[textarea.dataset.org]?.value;
    if (org) url.searchParams.set('pick-org', org);
    const ask = new CustomEvent('uh:choose', { bubbles: true, cancelable: true, detail: {
      url: url.href,
      done: (assets) => (kind === 'image' ? putFigures(assets) : putLinks(assets)),
      closed: () => editor.view.focus(),
      failed: () => warn(labels.chooseFailed),
    } });
    return textarea.dispatchEvent(ask) ? otherwise(kind) : null;
  };

  function putFigures(assets) {
    const all = assets.map((asset) => figureOf(asset, location.origin)).filter(Boolean);
    if (!all.length) return;
    const at = spot(editor.state, editor.state.selection.to);
    editor.commands.command(({ tr, state }) => {
      tr.insert(at, all.map((attrs) => state.schema.nodes.figure.create(attrs)));
      return Boolean(tr.setSelection(NodeSelection.create(tr.doc, at)).scrollIntoView());
    });
    const short = all.findIndex((attrs) => lacks(attrs, labels).length);
    if (short >= 0) edit(at + short);
    else editor.view.focus();
  }

  // One goes where the caret is; several make a line each, below, and so does one beside a selected picture.
  function putLinks(assets) {
    const links = assets.map(linkOf).filter(Boolean);
    const { $to, to } = editor.state.selection;
    if (links.length > 1 || (links.length && !$to.depth)) {
      const after = $to.depth ? $to.after(1) : to;
      editor.chain().insertContentAt(after, links.map((link) => ({ type: 'paragraph', content: [link] }))).run();
    } else if (links.length) {
      editor.chain().insertContentAt(to, links).command(({ tr }) => {
        tr.setSelection(TextSelection.near(tr.doc.resolve(to + links[0].text.length)));
        return true;
      }).run();
    }
    editor.view.focus();
  }
}
