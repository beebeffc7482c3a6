import { Editor, Extension } from '@tiptap/core';
import { element } from './dom.js';
import { editFigure, editLink } from './forms.js';
import { firstShort, footer } from './footer.js';
import { library } from './library.js';
import { cleanHtml } from './paste.js';
import { schema } from './schema.js';
import { serialize } from './serialize.js';
import { fill, fromPlain, tidyPlain } from './text.js';
import { toolbars } from './toolbar.js';
import { imagesIn, uploader } from './upload.js';

export function enhance(textarea) {
  const labels = JSON.parse(textarea.dataset.labels);
  const icons = textarea.dataset.icons;
  const rte = element('div', { class: 'rte' });
  const tray = element('div', { class: 'rte__tray' });
  const picker = element('input', { type: 'file', accept: textarea.dataset.accept ?? 'image/*', multiple: '', hidden: '' });
  const context = { rte, labels, icons };

  const editor = new Editor({
    injectCSS: false,
    enableInputRules: false,
    enablePasteRules: false,
    content: stored(textarea.value),
    extensions: [...schema({ labels, icons, edit: (_, at) => editFigure(context, at) }), keys(context)],
    editorProps: {
      attributes: bodyAttributes(textarea, labels),
      transformPastedHTML: (html) => cleaned(html),
      transformPastedText: tidyPlain,
      handlePaste: (view, event) => takeFiles(event, imagesPasted(event.clipboardData)),
      handleDrop: (view, event, slice, moved) => !moved && takeFiles(event, imagesIn(event.dataTransfer),
        view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos),
    },
  });
  context.editor = editor;
  context.upload = uploader({ editor, url: textarea.dataset.uploadUrl, tray, labels, icons, inserted: (at) => editFigure(context, at) });

  function cleaned(html) {
    // Copied from this editor: already in the schema, and the marker says how the pieces join.
    if (html.includes('data-pm-slice')) return withoutStyle(html);
    const result = cleanHtml(html, { parse: parseInert, origin: location.origin });
    if (result.images) context.upload.warn(fill(labels.pasteImages, { n: result.images }));
    return result.html;
  }

  function takeFiles(event, files, at) {
    if (!files.length || !textarea.dataset.uploadUrl) return false;
    event.preventDefault();
    context.upload.add(files, at);
    return true;
  }

  picker.addEventListener('change', () => {
    context.upload.add([...picker.files]);
    picker.value = '';
  });
  for (const type of ['input', 'change']) picker.addEventListener(type, (event) => event.stopPropagation());

  const choose = library({
    editor, textarea, labels, warn: context.upload.warn, edit: (at) => editFigure(context, at),
    otherwise: (kind) => kind === 'image' && picker.click(),
  });
  const bars = toolbars({ editor, labels, icons, actions: {
    link: () => editLink(context), image: () => choose('image'), ...(textarea.dataset.chooseUrl && { file: () => choose('document') }),
  } });
  context.toolbar = bars;
  bars.leave(() => editor.view.focus());
  const foot = footer({ labels, show: () => {
    const at = firstShort(editor.state.doc, labels);
    if (at !== null) editFigure(context, at);
  } });

  const written = keepValue(textarea, editor, () => foot.refresh(editor.state.doc));
  editor.on('transaction', () => bars.refresh());
  foot.refresh(editor.state.doc);

  rte.append(element('div', { class: 'rte__bars' }, bars.doms), editor.view.dom, tray, foot.dom, picker);
  textarea.hidden = true;
  textarea.required = false;
  textarea.after(rte);
  lendFocus(textarea, editor);
  return { editor, written };
}

// Chromium holds the styles of parsed documents to the page's policy and logs them; as data they pass.
const STYLE_ATTRIBUTE = /(<[a-z][^<>]*?\s)style(\s*=)/gi;
const withoutStyle = (html) => html.replace(/<style\b[\s\S]*?(<\/style>|$)/gi, '').replace(STYLE_ATTRIBUTE, '$1data-style$2');
const parseInert = (html) => new DOMParser().parseFromString(withoutStyle(html), 'text/html');

// A table's caption is no row: it stands above as a paragraph.
function stored(text) {
  const { body } = parseInert(fromPlain(text));
  for (const caption of body.querySelectorAll('table > caption')) {
    const paragraph = caption.ownerDocument.createElement('p');
    paragraph.append(...caption.childNodes);
    caption.parentElement.before(paragraph);
    caption.remove();
  }
  return body.innerHTML;
}

// Office programs offer a picture of the text beside the text: then the text is meant.
function imagesPasted(clipboard) {
  const html = clipboard?.getData('text/html') ?? '';
  return parseInert(html).body.textContent.trim() ? [] : imagesIn(clipboard);
}

function keepValue(textarea, editor, after) {
  let last = serialize(editor.state.doc);
  const write = () => {
    if (editor.view.composing) return;
    const html = serialize(editor.state.doc);
    if (html === last) return;
    last = html;
    textarea.value = html;
    textarea.dispatchEvent(new Event('input', { bubbles: true }));
    after();
  };
  editor.on('update', write);
  editor.view.dom.addEventListener('compositionend', () => setTimeout(write, 60));
  editor.on('blur', write);
  textarea.form?.addEventListener('formdata', (event) => {
    const html = serialize(editor.state.doc);
    if (html !== last && textarea.name) event.formData.set(textarea.name, html);
  });
  textarea.form?.addEventListener('reset', () => setTimeout(() => editor.commands.setContent(stored(textarea.value))));
  return write;
}

function bodyAttributes(textarea, labels) {
  const label = textarea.labels[0];
  if (label) label.id ||= `${textarea.id || 'rte'}-label`;
  return {
    class: 'rte__body', role: 'textbox', 'aria-multiline': 'true',
    ...(label ? { 'aria-labelledby': label.id } : { 'aria-label': labels.body }),
    ...Object.fromEntries(['aria-describedby', 'aria-invalid', 'lang'].filter((name) => textarea.hasAttribute(name)).map((name) => [name, textarea.getAttribute(name)])),
    ...(textarea.required && { 'aria-required': 'true' }),
  };
}

// The label and the error summary point at the textarea, which is hidden now.
function lendFocus(textarea, editor) {
  textarea.labels[0]?.addEventListener('click', (event) => {
    event.preventDefault();
    editor.view.focus();
  });
  if (!textarea.id) return;
  document.addEventListener('click', (event) => {
    if (!event.target.closest?.(`a[href="#${CSS.escape(textarea.id)}"]`)) return;
    event.preventDefault();
    editor.view.focus();
  });
}

function keys(context) {
  return Extension.create({
    name: 'unionhallKeys',
    addKeyboardShortcuts: () => ({
      'Mod-k': () => (editLink(context), true),
      'Alt-F10': () => (context.toolbar.focus(), true),
      Tab: ({ editor }) => editor.isActive('listItem') && editor.commands.sinkListItem('listItem'),
      'Shift-Tab': ({ editor }) => editor.isActive('listItem') && editor.commands.liftListItem('listItem'),
    }),
  });
}
