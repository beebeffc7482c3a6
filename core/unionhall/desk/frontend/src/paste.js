// Turns what Word, WPS, WeChat or a web page put on the clipboard into the few tags an article knows.
// Input and output are HTML; `parse` makes a document of the input (DOMParser, or jsdom in the tests).

import { mediaSrc, safeHref } from './safe.js';
import { escapeHtml } from './text.js';

const SKIP = new Set(['script', 'style', 'title', 'meta', 'link', 'xml', 'template', 'noscript', 'iframe', 'object', 'embed', 'svg',
  'canvas', 'audio', 'video', 'textarea', 'select', 'input', 'button', 'head', 'colgroup', 'col', 'mpvoice', 'qqmusic', 'rt', 'rp']);
const BLOCK = new Set(['p', 'div', 'section', 'article', 'main', 'header', 'footer', 'aside', 'nav', 'body', 'center', 'address', 'form',
  'fieldset', 'figure', 'figcaption', 'dl', 'dt', 'dd', 'details', 'summary', 'caption', 'pre', 'tr', 'td', 'th', 'tbody', 'thead', 'tfoot']);
const HEADING = { h1: 'h2', h2: 'h2', h3: 'h3', h4: 'h3', h5: 'h3', h6: 'h3' };
const WIDE = /[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’…—]/;
const CREDIT_LINE = /^(?:powered\s*by\b|.{0,12}编辑器(?:提供)?(?:技术)?支持)/i;
const BULLET = /^[·•●○■□◆◇▪➢✓\uf000-\uf0ff§ØüoØ*-]$/;
const NUMBER = /^[(（]?\d{1,3}[.)）、．]?$/;

export function cleanHtml(html, { parse, origin = '' }) {
  const source = parse(stripConditions(html)).body;
  const context = { images: 0, origin, marks: [] };
  return { html: blocksIn(source, context).map(toHtml).join(''), images: context.images };
}

// "<![if !supportLists]>" and its like are no comments for every parser.
function stripConditions(html) {
  return html.replace(/<!--\[if[\s\S]*?<!\[endif\]-->/gi, '').replace(/<!\[(?:if[^\]]*|endif)\]>/gi, '').replace(/<\?xml[^>]*>/gi, '');
}

// --- reading -------------------------------------------------------------------------------------------------------

function styleOf(element) {
  const style = {};
  for (const part of (element.getAttribute('style') ?? element.getAttribute('data-style') ?? '').split(';')) {
    const at = part.indexOf(':');
    if (at > 0) style[part.slice(0, at).trim().toLowerCase()] = part.slice(at + 1).trim().toLowerCase();
  }
  return style;
}

function marksOf(element, tag, style, marks) {
  const next = new Set(marks);
  const weight = style['font-weight'];
  if (tag === 'b' || tag === 'strong') next.add('strong');
  if (weight) next[/^bold|^[6-9]00/.test(weight) ? 'add' : 'delete']('strong');
  if (tag === 'em' || tag === 'i') next.add('em');
  if (style['font-style']) next[/italic|oblique/.test(style['font-style']) ? 'add' : 'delete']('em');
  if (tag === 's' || tag === 'strike' || tag === 'del' || (style['text-decoration'] ?? '').includes('line-through')) next.add('s');
  const href = tag === 'a' && safeHref(element.getAttribute('href'));
  if (href) {
    for (const mark of next) if (mark.startsWith('a:')) next.delete(mark);
    next.add(`a:${href}`);
  }
  return [...next];
}

// Blocks are {tag, runs} for text, {tag, children} for boxes, {tag: 'li', level, ordered} for Word's made-up lists.
function blocksIn(parent, context, tag = 'p') {
  const blocks = [];
  let runs = [];
  const flush = () => {
    blocks.push(...paragraphs(runs, tag));
    runs = [];
  };
  const visit = (node, marks) => {
    if (node.nodeType === 3) return runs.push({ text: node.data, marks });
    if (node.nodeType !== 1) return null;
    const name = node.localName.toLowerCase();
    const style = styleOf(node);
    if (SKIP.has(name) || name.startsWith('mp-') || style.display === 'none' || style['mso-hide'] === 'all') return null;
    if (name === 'br') return runs.push({ br: true });
    if (name === 'img') return image(node, name);
    const inner = marksOf(node, name, style, marks);
    const block = readBlock(node, name, style, { ...context, marks: inner });
    if (block) {
      flush();
      return blocks.push(...block);
    }
    for (const child of node.childNodes) visit(child, inner);
    return null;
  };
  const image = (node) => {
    const figure = readFigure(node, node, context);
    if (figure) {
      flush();
      blocks.push(figure);
    } else if (node.getAttribute('width') !== '1') context.count();
    return null;
  };
  context.count ??= () => { context.images += 1; };
  for (const child of parent.childNodes) visit(child, context.marks);
  flush();
  return tag === 'p' ? groupWordLists(blocks) : blocks;
}

function readBlock(node, name, style, context) {
  if (HEADING[name]) return heading(node, HEADING[name], context);
  if (name === 'hr') return [{ tag: 'hr' }];
  if (name === 'ul' || name === 'ol') return list(node, name, context);
  if (name === 'li') return box('ul', box('li', blocksIn(node, context)));
  if (name === 'blockquote') return box('blockquote', blocksIn(node, context).flatMap(textOnly));
  if (name === 'table') return table(node, context);
  if (name === 'aside' && node.classList.contains('fact')) return box('aside', blocksIn(node, context));
  if (name === 'figure') {
    const image = node.querySelector('img');
    const figure = image && readFigure(node, image, context);
    if (figure) return [figure];
  }
  if (name === 'p') {
    const outline = /^[1-6]$/.exec(style['mso-outline-level'] ?? '');
    if (outline || /^MsoTitle/.test(node.className)) return heading(node, HEADING[`h${outline?.[0] ?? 1}`], context);
    if (style['mso-list'] || /^MsoListParagraph/.test(node.className)) return wordItem(node, style, context);
  }
  if (name === 'pre') return node.textContent.split(/\n+/).flatMap((line) => paragraphs([{ text: line, marks: [] }], 'p'));
  if (!BLOCK.has(name)) return null;
  const blocks = blocksIn(node, context);
  return blocks.every((block) => CREDIT_LINE.test(plain(block)) && plain(block).length < 60) ? [] : blocks;
}

const box = (tag, children) => (children.length ? [{ tag, children }] : []);
const plain = (block) => (block.runs ?? []).map((run) => run.text ?? ' ').join('') + (block.children ?? []).map(plain).join('');

// A quotation holds paragraphs only.
function textOnly(block) {
  if (block.tag === 'p') return [block];
  if (block.runs) return [{ ...block, tag: 'p' }];
  return (block.children ?? []).flatMap(textOnly);
}

function heading(node, tag, context) {
  const blocks = blocksIn(node, context).flatMap(textOnly);
  for (const block of blocks) {
    block.tag = tag;
    for (const run of block.runs) run.marks = (run.marks ?? []).filter((mark) => mark !== 'strong');
  }
  return blocks;
}

function list(node, tag, context) {
  const items = [];
  for (const child of node.children) {
    const name = child.localName;
    if (name === 'li') items.push(...box('li', blocksIn(child, context)));
    else if ((name === 'ul' || name === 'ol') && items.length) items.at(-1).children.push(...list(child, name, context));
    else items.push(...box('li', readBlock(child, name, styleOf(child), context) ?? []));
  }
  return box(tag, items);
}

function table(node, context) {
  if (node.parentElement?.closest('table')) return cellsOf(node).flatMap((cell) => blocksIn(cell, context));
  const cells = cellsOf(node);
  if (cells.length === 1) return blocksIn(cells[0], context);
  const rows = [...node.rows].map((row) => ({
    tag: 'tr',
    children: [...row.cells].map((cell) => ({
      tag: cell.localName,
      spans: { colspan: cell.colSpan, rowspan: cell.rowSpan },
      children: blocksIn(cell, context),
    })),
  })).filter((row) => row.children.length);
  const caption = node.caption ? blocksIn(node.caption, context) : [];
  return [...caption, ...box('table', box('tbody', rows))];
}

const cellsOf = (node) => [...node.rows].flatMap((row) => [...row.cells]);

function readFigure(holder, image, context) {
  const src = mediaSrc(image.getAttribute('src'), context.origin);
  if (!src) return null;
  const credit = holder.querySelector?.('.figure__credit')?.textContent ?? '';
  const caption = (holder.querySelector?.('figcaption')?.textContent ?? '').replace(credit, '');
  const size = (name) => (/^\d{1,5}$/.test(image.getAttribute(name) ?? '') ? image.getAttribute(name) : '');
  return { tag: 'figure', src, alt: image.getAttribute('alt') ?? '', width: size('width'), height: size('height'), caption: caption.trim(), credit: credit.trim() };
}

// --- Word's lists --------------------------------------------------------------------------------------------------

// A numeral that is part of the wording (一、 （二） 第三条) stays text: an <ol> would change it.
function wordItem(node, style, context) {
  const ignored = [...node.querySelectorAll('[style],[data-style]')].find((element) => /^ignore$/.test(styleOf(element)['mso-list'] ?? ''));
  const marker = (ignored?.textContent ?? '').replace(/[\s\u00a0]+/g, '');
  const ordered = NUMBER.test(marker);
  if (ordered || BULLET.test(marker)) {
    ignored.remove();
    const level = Number(/level(\d)/.exec(style['mso-list'] ?? '')?.[1] ?? 1);
    return blocksIn(node, context).map((block) => ({ ...block, item: { level, ordered } }));
  }
  if (ignored) ignored.textContent = marker;
  return blocksIn(node, context);
}

function groupWordLists(blocks) {
  const grouped = [];
  let open = [];
  for (const block of blocks) {
    if (!block.item) {
      open = [];
      grouped.push(block);
      continue;
    }
    const { level, ordered } = block.item;
    const tag = ordered ? 'ol' : 'ul';
    const item = { tag: 'li', children: [{ tag: block.tag, runs: block.runs }] };
    while (open.length && (open.at(-1).level > level || (open.at(-1).level === level && open.at(-1).list.tag !== tag))) open.pop();
    if (open.at(-1)?.level === level) open.at(-1).list.children.push(item);
    else {
      const made = { tag, children: [item] };
      (open.length ? open.at(-1).list.children.at(-1).children : grouped).push(made);
      open.push({ level, list: made });
    }
  }
  return grouped;
}

// --- text ----------------------------------------------------------------------------------------------------------

// A line break starts a paragraph where the writer doubled it or indented the next line.
function paragraphs(runs, tag) {
  const lines = [[]];
  runs.forEach((run, at) => {
    const next = runs.slice(at + 1).find((other) => other.br || /\S/.test(other.text) || /\u3000/.test(other.text));
    if (run.br && (!next || next.br || /^[\s\u00a0]*\u3000/.test(next.text))) lines.push([]);
    else lines.at(-1).push({ ...run });
  });
  return lines.map(tidyRuns).filter((line) => line.some((run) => run.text)).map((line) => ({ tag, runs: line }));
}

// Collapses white space as a browser would, except that a line wrapped between Chinese characters leaves no space.
function tidyRuns(runs) {
  const kept = runs.filter((run) => run.br || run.text);
  for (const run of kept) if (!run.br) run.text = run.text.replace(/\u00a0/g, ' ').replace(/[ \t\r\f\u200b\ufeff]*\n\s*/g, '\n').replace(/[ \t]+/g, ' ').replace(/[\u200b\ufeff]/g, '');
  const character = (at, step) => {
    for (let i = at + step; kept[i]; i += step) if (kept[i].br || kept[i].text) return kept[i].br ? '\n' : kept[i].text.at(step > 0 ? 0 : -1);
    return '';
  };
  kept.forEach((run, at) => {
    if (run.br) return;
    const before = character(at, -1);
    const after = character(at, 1);
    run.text = run.text.replace(/\n/g, (_, offset, whole) => {
      const left = whole[offset - 1] ?? before;
      const right = whole[offset + 1] ?? after;
      return WIDE.test(left) && WIDE.test(right) ? '' : ' ';
    });
    if ((before === ' ' || before === '\n') && run.text.startsWith(' ')) run.text = run.text.slice(1);
  });
  trim(kept, 0, /^[\s\u3000]+/);
  trim(kept, -1, /[\s\u3000]+$/);
  return kept;
}

function trim(runs, end, pattern) {
  while (runs.length) {
    const run = runs.at(end);
    if (!run.br) run.text = run.text.replace(pattern, '');
    if (!run.br && run.text) return;
    runs.splice(end, 1);
  }
}

// --- writing -------------------------------------------------------------------------------------------------------

const ORDER = (mark) => (mark.startsWith('a:') ? 0 : ['strong', 'em', 's'].indexOf(mark) + 1);

function runsToHtml(runs) {
  const merged = [];
  for (const run of runs) {
    const key = run.br ? null : [...(run.marks ?? [])].sort((a, b) => ORDER(a) - ORDER(b)).join('\n');
    const last = merged.at(-1);
    if (key !== null && last?.key === key) last.text += run.text;
    else merged.push({ key, text: run.text });
  }
  return merged.map(({ key, text }) => {
    if (key === null) return '<br>';
    return key.split('\n').filter(Boolean).reduceRight((inner, mark) => {
      const [tag, attribute] = mark.startsWith('a:') ? ['a', ` href="${escapeHtml(mark.slice(2))}"`] : [mark, ''];
      return `<${tag}${attribute}>${inner}</${tag}>`;
    }, escapeHtml(text));
  }).join('');
}

function toHtml(block) {
  if (block.tag === 'hr') return '<hr>';
  if (block.tag === 'figure') return figureHtml(block);
  if (block.runs) return `<${block.tag}>${runsToHtml(block.runs)}</${block.tag}>`;
  const extra = { blockquote: ' class="pull"', aside: ' class="fact"' }[block.tag]
    ?? Object.entries(block.spans ?? {}).filter(([, value]) => value > 1 && value < 100).map(([name, value]) => ` ${name}="${value}"`).join('');
  return `<${block.tag}${extra}>${block.children.map(toHtml).join('')}</${block.tag}>`;
}

function figureHtml({ src, alt, width, height, caption, credit }) {
  const size = (width && ` width="${width}"`) + (height && ` height="${height}"`);
  return `<figure class="figure"><img src="${escapeHtml(src)}" alt="${escapeHtml(alt)}"${size}><figcaption>${escapeHtml(caption)}`
    + `<span class="figure__credit">${escapeHtml(credit)}</span></figcaption></figure>`;
}
