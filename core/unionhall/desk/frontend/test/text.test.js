import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mediaSrc, safeHref, typedHref } from '../src/safe.js';
import { countChars, fill, fromPlain, tidyPlain } from '../src/text.js';

test('characters and words are counted as the server does', () => {
  assert.equal(countChars('恒渡机电 2026 年，UnionHall 上线。'), 9);
  assert.equal(countChars(''), 0);
});

test('plain text: a line is a paragraph, indents go', () => {
  assert.equal(tidyPlain('　　甲\r\n\r\n \u00a0乙\u00a0丙 \n'), '甲\n乙 丙');
  assert.equal(fromPlain('## 标题\n甲 & 乙'), '<h2>标题</h2><p>甲 &amp; 乙</p>');
  assert.equal(fromPlain('<p>甲</p>'), '<p>甲</p>');
});

test('links and images', () => {
  for (const bad of ['javascript:x', 'java\nscript:x', '//a.cn', '/\\a.cn', 'data:x', '', 'ftp://a.cn']) assert.equal(safeHref(bad), null, bad);
  for (const good of ['https://a.cn', 'mailto:a@b.cn', 'tel:12351', '/news/1']) assert.equal(safeHref(good), good);
  assert.equal(typedHref('www.a.cn/x'), 'https://www.a.cn/x');
  assert.equal(typedHref('a@b.cn'), 'mailto:a@b.cn');
  assert.equal(typedHref('你好'), null);
  assert.equal(mediaSrc('/media/ab/c.jpg'), '/media/ab/c.jpg');
  for (const bad of ['/media/../x', 'https://x.cn/media/a.jpg', '/other/a.jpg', '//media/a']) assert.equal(mediaSrc(bad), null, bad);
});

test('placeholders', () => assert.equal(fill('{n} 字 {x}', { n: 3 }), '3 字 {x}'));
