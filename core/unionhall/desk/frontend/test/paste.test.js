import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { JSDOM } from 'jsdom';
import { cleanHtml } from '../src/paste.js';

const parse = (html) => new JSDOM(html).window.document;
const clean = (html) => cleanHtml(html, { parse, origin: 'https://hall.example' });
const same = (html, expected) => assert.equal(clean(html).html, expected);
const fixture = (name) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');

test('Word: styles, o:p and conditional comments go, bold and headings stay', () => {
  same(fixture('word.html'), '<h2>夜班小课堂</h2><p>恒渡机电有<strong>八百多名</strong>一线职工，四成是青年。</p>'
    + '<ul><li><p>拆成四十二个动作</p><ul><li><p>每个动作一段短片</p></li></ul></li><li><p>对照复盘</p></li></ul>'
    + '<ol><li><p>先看</p></li><li><p>再练</p></li></ol><p>一、总体要求</p>'
    + '<table><tbody><tr><td><p>车间</p></td><td><p>人数</p></td></tr><tr><td colspan="2"><p>装配二车间 42</p></td></tr></tbody></table>');
});

test('WeChat: section soup becomes paragraphs, images are counted, tool lines go', () => {
  const { html, images } = clean(fixture('wechat.html'));
  assert.equal(html, '<h2>一段短片</h2><p>“刚开始我<strong>不肯拍</strong>。”方德明说。</p><p>第二段。</p>');
  assert.equal(images, 2);
});

test('full-width indents go, also after a line break', () => {
  same('<p>　　第一段<br>　　第二段</p>', '<p>第一段</p><p>第二段</p>');
  same('<p>本网讯　恒渡机电</p>', '<p>本网讯　恒渡机电</p>');
  same('<div>甲<br><br>乙<br>丙</div>', '<p>甲</p><p>乙<br>丙</p>');
});

test('nbsp is a space; a wrapped line leaves none between Chinese characters', () => {
  same('<p>A&nbsp;&nbsp;B&nbsp;</p>', '<p>A B</p>');
  same('<p>恒渡机电有\n  八百人，\n<b>四成</b>\nUnion Hall\nNews</p>', '<p>恒渡机电有八百人，<strong>四成</strong> Union Hall News</p>');
});

test('headings: h1 to h2, h4 and smaller to h3, no bold inside', () => {
  same('<h1><b>甲</b></h1><h2>乙</h2><h3>丙</h3><h5>丁</h5><h2> </h2>', '<h2>甲</h2><h2>乙</h2><h3>丙</h3><h3>丁</h3>');
});

test('marks: style and tags, and what cancels them', () => {
  same('<b style="font-weight:normal"><p>甲<span style="font-weight:700">乙</span><i>丙</i><del>丁</del></p></b>',
    '<p>甲<strong>乙</strong><em>丙</em><s>丁</s></p>');
});

test('links: only safe ones stay links', () => {
  same('<p><a href="javascript:alert(1)">甲</a><a href="https://a.cn/?x=1&amp;y=2" style="color:red">乙</a><a href="//e.cn">丙</a></p>',
    '<p>甲<a href="https://a.cn/?x=1&amp;y=2">乙</a>丙</p>');
});

test('own figures stay, others are counted', () => {
  const own = '<figure class="figure"><img src="https://hall.example/media/ab/c.jpg" alt="甲" width="12" height="8"><figcaption>说明<span class="figure__credit">摄影 周牧</span></figcaption></figure>';
  const { html, images } = clean(`${own}<figure><img src="https://x.cn/a.png"><figcaption>别处</figcaption></figure><img src="data:image/png;base64,AA">`);
  assert.equal(html, own.replace('https://hall.example', '') + '<p>别处</p>');
  assert.equal(images, 2);
});

test('lists nest, quotes hold paragraphs, one-cell tables are unwrapped', () => {
  same('<ul><li>甲<ul><li>乙</li></ul></li><ul><li>丙</li></ul><li></li></ul>',
    '<ul><li><p>甲</p><ul><li><p>乙</p></li></ul><ul><li><p>丙</p></li></ul></li></ul>');
  same('<blockquote><h3>甲</h3><ul><li>乙</li></ul></blockquote>', '<blockquote class="pull"><p>甲</p><p>乙</p></blockquote>');
  same('<table><tr><td><p>甲</p><p>乙</p></td></tr></table>', '<p>甲</p><p>乙</p>');
});

test('nothing executable or styled is left', () => {
  const { html } = clean('<p class="x" style="color:red" onclick="x()"><script>x()</script><style>p{}</style>甲&lt;img onerror=x&gt;<iframe src="//x"></iframe></p>');
  assert.equal(html, '<p>甲&lt;img onerror=x&gt;</p>');
});

test('empty input', () => same('<p>&nbsp;</p><section><section></section></section>', ''));
