import { TextSelection } from '@tiptap/pm/state';
import { button, composing, element } from './dom.js';

const MOD = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl+';

// "Select all" takes in the empty last line, which no quotation or box should.
function withoutTail(editor) {
  const { doc, selection } = editor.state;
  const tail = doc.lastChild;
  const end = doc.content.size - tail.nodeSize;
  if (selection.empty || tail.content.size || selection.to <= end || selection.from >= end) return;
  editor.commands.command(({ tr }) => Boolean(tr.setSelection(TextSelection.between(doc.resolve(selection.from), doc.resolve(end)))));
}

function quote(editor) {
  withoutTail(editor);
  if (editor.isActive('blockquote')) editor.chain().focus().lift('blockquote').run();
  else editor.chain().focus().clearNodes().wrapIn('blockquote').run();
}

function fact(editor) {
  withoutTail(editor);
  if (editor.isActive('fact')) editor.chain().focus().lift('fact').run();
  else editor.chain().focus().wrapIn('fact').run();
}

// Each: label key, icon, what it does, when it counts as pressed, key.
function mainTools({ link, image, file }) {
  return [
    ['heading', 'heading', (e) => e.chain().focus().toggleHeading({ level: 2 }).run(), (e) => e.isActive('heading', { level: 2 }), 'Alt+2'],
    ['subheading', 'type', (e) => e.chain().focus().toggleHeading({ level: 3 }).run(), (e) => e.isActive('heading', { level: 3 }), 'Alt+3'],
    ['bold', 'bold', (e) => e.chain().focus().toggleBold().run(), (e) => e.isActive('bold'), 'B'],
    ['quote', 'quote', quote, (e) => e.isActive('blockquote'), 'Shift+B'],
    ['bullet', 'list', (e) => e.chain().focus().toggleBulletList().run(), (e) => e.isActive('bulletList'), 'Shift+8'],
    ['ordered', 'list-ol', (e) => e.chain().focus().toggleOrderedList().run(), (e) => e.isActive('orderedList'), 'Shift+7'],
    ['link', 'link', link, (e) => e.isActive('link'), 'K'],
    ['rule', 'minus', (e) => e.chain().focus().setHorizontalRule().run()],
    null,
    ['image', 'image', image, null, null, true],
    ...(file ? [['file', 'doc', file, null, null, true]] : []),
    ['table', 'table', (e) => e.chain().focus().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run(), null, null, true],
    ['fact', 'chart', fact, (e) => e.isActive('fact'), null, true],
    null,
    ['undo', 'undo', (e) => e.chain().focus().undo().run(), null, 'Z', false, (e) => e.can().undo()],
    ['redo', 'redo', (e) => e.chain().focus().redo().run(), null, 'Shift+Z', false, (e) => e.can().redo()],
  ];
}

const tableTools = ['addRowBefore', 'addRowAfter', 'deleteRow', null, 'addColumnBefore', 'addColumnAfter', 'deleteColumn', null,
  'mergeCells', 'splitCell', 'toggleHeaderRow', null, 'deleteTable'];

export function toolbars({ editor, labels, icons, actions }) {
  const main = bar(labels.toolbar, mainTools(actions).map((tool) => tool && makeTool(editor, labels, icons, tool)));
  const table = bar(labels.tableTools, tableTools.map((name) => name && makeTool(editor, labels, icons,
    [name, null, (e) => e.chain().focus()[name]().run(), null, null, true, (e) => e.can()[name]()])));
  const refresh = () => {
    const inTable = editor.isActive('table');
    table.dom.hidden = !inTable;
    main.refresh();
    if (inTable) table.refresh();
  };
  refresh();
  return { doms: [main.dom, table.dom], refresh, focus: () => main.focus(), leave: (act) => [main, table].forEach(({ dom }) => onEscape(dom, act)) };
}

function makeTool(editor, labels, icons, [key, name, act, pressed, shortcut, worded, able]) {
  const text = labels[key];
  const dom = button({
    icon: name, icons, tabindex: '-1',
    ...(worded ? { text } : { label: shortcut ? `${text} (${MOD}${shortcut})` : text }),
    ...(pressed && { 'aria-pressed': 'false' }),
    'aria-keyshortcuts': shortcut ? `Control+${shortcut}` : null,
    act: () => dom.getAttribute('aria-disabled') !== 'true' && act(editor),
  });
  if (!worded) dom.setAttribute('aria-label', text);
  // Keeps the selection (and an open input method) in the text while the mouse presses.
  dom.addEventListener('mousedown', (event) => event.preventDefault());
  return {
    dom,
    refresh: () => {
      if (pressed) dom.setAttribute('aria-pressed', String(Boolean(pressed(editor))));
      if (able) dom.setAttribute('aria-disabled', String(!able(editor)));
    },
  };
}

// One tab stop; arrows move inside (WAI-ARIA toolbar pattern).
function bar(label, tools) {
  const dom = element('div', { class: 'rte__bar', role: 'toolbar', 'aria-label': label });
  dom.append(...tools.map((tool) => tool?.dom ?? element('hr')));
  const stops = tools.filter(Boolean).map((tool) => tool.dom);
  let current = 0;
  const select = (at) => {
    stops[current].tabIndex = -1;
    current = (at + stops.length) % stops.length;
    stops[current].tabIndex = 0;
  };
  select(0);
  dom.addEventListener('focusin', (event) => stops.includes(event.target) && select(stops.indexOf(event.target)));
  dom.addEventListener('keydown', (event) => {
    const to = { ArrowRight: current + 1, ArrowLeft: current - 1, Home: 0, End: stops.length - 1 }[event.key];
    if (to === undefined || composing(event)) return;
    event.preventDefault();
    select(to);
    stops[current].focus();
  });
  return { dom, refresh: () => tools.forEach((tool) => tool?.refresh()), focus: () => stops[current].focus() };
}

function onEscape(dom, act) {
  dom.addEventListener('keydown', (event) => event.key === 'Escape' && !composing(event) && act());
}
