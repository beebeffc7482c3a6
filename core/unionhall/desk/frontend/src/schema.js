// The tags an article may hold, and nothing else. Keep in step with unionhall/base/richtext.py.

import { Mark, Node } from '@tiptap/core';
import { Blockquote } from '@tiptap/extension-blockquote';
import { Bold } from '@tiptap/extension-bold';
import { Document } from '@tiptap/extension-document';
import { HardBreak } from '@tiptap/extension-hard-break';
import { Heading } from '@tiptap/extension-heading';
import { HorizontalRule } from '@tiptap/extension-horizontal-rule';
import { Italic } from '@tiptap/extension-italic';
import { BulletList, ListItem, OrderedList } from '@tiptap/extension-list';
import { Paragraph } from '@tiptap/extension-paragraph';
import { Strike } from '@tiptap/extension-strike';
import { Table, TableCell, TableHeader, TableRow } from '@tiptap/extension-table';
import { Text } from '@tiptap/extension-text';
import { Dropcursor, Gapcursor, TrailingNode, UndoRedo } from '@tiptap/extensions';
import { Figure } from './figure.js';
import { safeHref } from './safe.js';

const bare = (tag, attributes = {}) => () => [tag, attributes, 0];

const Link = Mark.create({
  name: 'link',
  priority: 1000,
  inclusive: false,
  addAttributes: () => ({ href: { default: null } }),
  parseHTML: () => [{ tag: 'a[href]', getAttrs: (element) => {
    const href = safeHref(element.getAttribute('href'));
    return href ? { href } : false;
  } }],
  renderHTML: ({ mark }) => ['a', { href: mark.attrs.href }, 0],
});

// What an import was unsure of; it cannot be set here, and readers never see it.
const Marked = Mark.create({ name: 'marked', inclusive: false, parseHTML: () => [{ tag: 'mark' }], renderHTML: bare('mark') });

// Written elsewhere (imports, older articles) and kept as they are: pairs of term and figure, a quotation's source.
const Pairs = Node.create({
  name: 'pairs',
  group: 'block',
  content: '(pairTerm | pairText)+',
  parseHTML: () => [{ tag: 'dl' }],
  renderHTML: bare('dl'),
});
const line = (name, tag, extra = {}) => Node.create({ name, content: 'inline*', defining: true, parseHTML: () => [{ tag }], renderHTML: bare(tag), ...extra });
const PairTerm = line('pairTerm', 'dt');
const PairText = line('pairText', 'dd');
const QuoteSource = line('quoteSource', 'footer');

const Fact = Node.create({
  name: 'fact',
  group: 'block',
  content: '(paragraph | heading | bulletList | orderedList | blockquote | figure | table | horizontalRule | pairs)+',
  defining: true,
  parseHTML: () => [{ tag: 'aside' }],
  renderHTML: bare('aside', { class: 'fact' }),
});

const Headings = Heading.extend({
  parseHTML: () => [['h1', 2], ['h2', 2], ['h3', 3], ['h4', 3], ['h5', 3], ['h6', 3]].map(([tag, level]) => ({ tag, attrs: { level } })),
  renderHTML: ({ node }) => [`h${node.attrs.level}`, 0],
}).configure({ levels: [2, 3] });

// Column widths exist for prosemirror-tables only; they are neither read nor written.
const spans = () => ({
  ...Object.fromEntries(['colspan', 'rowspan'].map((name) => [name, {
    default: 1,
    parseHTML: (element) => Math.min(99, Math.max(1, parseInt(element.getAttribute(name), 10) || 1)),
    renderHTML: (attributes) => (attributes[name] > 1 ? { [name]: attributes[name] } : {}),
  }])),
  colwidth: { default: null, rendered: false, parseHTML: () => null },
});
const cell = (type, tag) => type.extend({ addAttributes: spans, renderHTML: ({ HTMLAttributes }) => [tag, HTMLAttributes, 0] });

export const schema = (figure) => [
  Document, Paragraph, Text, Bold, Italic, Strike, HardBreak, HorizontalRule, Headings, Link, Marked, Fact, Pairs, PairTerm, PairText, QuoteSource,
  Blockquote.extend({ content: '(paragraph | bulletList | orderedList)+ quoteSource?', renderHTML: bare('blockquote', { class: 'pull' }) }),
  BulletList, ListItem,
  OrderedList.extend({ addAttributes: () => ({}), renderHTML: bare('ol') }),
  Table.extend({ renderHTML: () => ['table', ['tbody', 0]] }),
  TableRow, cell(TableCell, 'td'), cell(TableHeader, 'th'),
  Figure.configure(figure),
  UndoRedo, Gapcursor, Dropcursor.configure({ class: 'rte__drop', color: false }), TrailingNode,
];
