import assert from 'node:assert/strict';
import test from 'node:test';
import { figureOf, linkOf } from '../src/library.js';

const PICTURE = { kind: 'image', src: '/media/ab/ab12.jpg', alt: '两名职工', caption: '装配二车间。', credit: '周牧', creditLine: '摄影 周牧', width: 1600, height: 1000 };
const PAPER = { kind: 'document', src: '/media/file/cd34/%E6%8A%A5%E5%90%8D%E8%A1%A8.pdf', text: '《报名表》（PDF，1.2 MB）' };

test('a picture of the library becomes a figure with its words', () => {
  assert.deepEqual(figureOf(PICTURE), {
    src: '/media/ab/ab12.jpg', alt: '两名职工', caption: '装配二车间。', credit: '摄影 周牧', width: '1600', height: '1000',
  });
});

test('a document becomes a link with its name, type and size', () => {
  assert.deepEqual(linkOf(PAPER), { type: 'text', text: '《报名表》（PDF，1.2 MB）', marks: [{ type: 'link', attrs: { href: PAPER.src } }] });
});

test('neither takes the other, nor an address of somewhere else', () => {
  assert.equal(figureOf(PAPER), null);
  assert.equal(linkOf(PICTURE), null);
  assert.equal(figureOf({ ...PICTURE, src: 'https://example.cn/a.jpg' }), null);
  assert.equal(linkOf({ ...PAPER, src: 'javascript:alert(1)' }), null);
});
