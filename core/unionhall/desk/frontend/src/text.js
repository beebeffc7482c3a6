const CJK = /[\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/gu;
const WORD = /[A-Za-z0-9][A-Za-z0-9'’.-]*/g;
const TAG = /<[a-z/!][^>]*>/i;
const INDENT = /^[ \t\u00a0\u3000]+/;

export const escapeHtml = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

// The server counts the same way: each Chinese character, each Latin word.
export function countChars(text) {
  return (text.match(CJK) ?? []).length + (text.replace(CJK, ' ').match(WORD) ?? []).length;
}

// A line is a paragraph; indents typed with spaces are the stylesheet's job.
export function tidyPlain(text) {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  return lines.map((line) => line.replace(INDENT, '').replace(/\u00a0/g, ' ').trimEnd()).filter(Boolean).join('\n');
}

// A draft typed without the editor: same light markup as the server's richtext.from_plain.
export function fromPlain(text) {
  if (TAG.test(text)) return text;
  return tidyPlain(text).split('\n').filter(Boolean)
    .map((line) => (line.startsWith('## ') ? `<h2>${escapeHtml(line.slice(3).trim())}</h2>` : `<p>${escapeHtml(line)}</p>`))
    .join('');
}

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
