import { DOMSerializer } from '@tiptap/pm/model';

const blank = (node) => node?.localName === 'p' && !node.childNodes.length;

export function serialize(doc) {
  const inert = document.implementation.createHTMLDocument('');
  const body = inert.createElement('div');
  body.append(DOMSerializer.fromSchema(doc.type.schema).serializeFragment(doc.content, { document: inert }));
  while (blank(body.lastChild)) body.lastChild.remove();
  // One paragraph alone in an item or a cell is plain text there, as everywhere else on the site.
  for (const holder of body.querySelectorAll('li, td, th')) {
    const first = holder.firstElementChild;
    const rest = [...holder.children].slice(1);
    if (first?.localName === 'p' && rest.every((child) => /^[ou]l$/.test(child.localName))) first.replaceWith(...first.childNodes);
  }
  return body.innerHTML;
}
