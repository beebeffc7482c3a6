// Comfort for the public site: every page works without it.

const root = document.documentElement;
root.classList.add('js');

const speech = 'speechSynthesis' in window ? window.speechSynthesis : null;
let live = null;

function announce(text) {
  if (!text) return;
  if (!live) {
    live = document.createElement('p');
    live.className = 'visually-hidden';
    live.setAttribute('aria-live', 'polite');
    document.body.append(live);
  }
  live.textContent = '';
  setTimeout(() => { live.textContent = text; }, 100);
}

async function copy(button) {
  const text = new URL(button.dataset.copy || location.href, location.href).href;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without HTTPS, and in some in-app browsers, only the old way is there.
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'visually-hidden';
    document.body.append(field);
    field.select();
    const done = document.execCommand('copy');
    field.remove();
    button.focus();
    if (!done) return;
  }
  announce(button.dataset.done);
}

// Sentence by sentence would pause too long, a whole article stops early in Chromium: one utterance a block.
function readAloud(button) {
  const on = button.getAttribute('aria-pressed') === 'true';
  stopReading();
  if (on) return;
  const all = [...document.querySelectorAll('.prose :is(p, h2, h3, li, figcaption, td, th, dt, dd)')];
  const parts = all.filter((element) => !all.some((other) => other !== element && element.contains(other)));
  const texts = parts.map((element) => element.textContent.trim()).filter(Boolean);
  if (!texts.length) return;
  button.setAttribute('aria-pressed', 'true');
  texts.forEach((text, at) => {
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = document.querySelector('.prose').closest('[lang]')?.lang ?? 'zh-CN';
    if (at === texts.length - 1) utterance.onend = () => button.setAttribute('aria-pressed', 'false');
    speech.speak(utterance);
  });
}

function stopReading() {
  speech?.cancel();
  for (const button of document.querySelectorAll('[data-read-aloud]')) button.setAttribute('aria-pressed', 'false');
}

const openMenus = () => [...document.querySelectorAll('details.menu[open]')];

document.addEventListener('click', (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  const button = event.target.closest?.('[data-copy], [data-print], [data-read-aloud]');
  if (!button) return;
  event.preventDefault();
  if ('copy' in button.dataset) copy(button);
  else if ('print' in button.dataset) window.print();
  else if (speech) readAloud(button);
});

document.addEventListener('toggle', (event) => {
  if (!event.target.matches?.('details.menu[open]')) return;
  for (const menu of openMenus()) if (!menu.contains(event.target) && !event.target.contains(menu)) menu.open = false;
}, true);

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.isComposing) return;
  const menu = document.activeElement?.closest('details.menu[open]') ?? openMenus().at(-1);
  if (!menu) return;
  menu.open = false;
  menu.querySelector('summary')?.focus();
});

addEventListener('pagehide', () => speech?.cancel());

for (const element of document.querySelectorAll('[data-needs-js]')) {
  element.hidden = element.matches('[data-read-aloud]') && !speech;
}
document.querySelector('.notice[role="alert"][tabindex="-1"]')?.focus();

// Pages for everybody come from a cache and say "log in"; who is logged in gets their own corner put in its place.
async function ownCorner() {
  if (!/(?:^|; )uh_in=1/.test(document.cookie)) return;
  const answer = await fetch('/corner', { headers: { Accept: 'text/html' } }).catch(() => null);
  if (!answer?.ok) return;
  const own = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-corner]');
  if (!own) return;
  for (const link of document.querySelectorAll('[data-corner]')) {
    link.href = own.getAttribute('href');
    link.replaceChildren(...[...own.childNodes].map((node) => node.cloneNode(true)));
  }
}
ownCorner();

// What is being typed is completed from the site's own words, a moment after the last key.
for (const field of document.querySelectorAll('[data-suggest]')) {
  let timer = 0;
  field.addEventListener('input', (event) => {
    clearTimeout(timer);
    if (event.isComposing || !field.value.trim()) return;
    timer = setTimeout(async () => {
      const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(field.value.trim())}`).catch(() => null);
      if (!answer?.ok) return;
      const { words } = await answer.json();
      field.list.replaceChildren(...words.map((word) => new Option('', word)));
    }, 200);
  });
}

// A view is counted once somebody has looked at the page for a moment: without a cookie, and once for a page in a tab.
function countView() {
  const mark = document.querySelector('[data-seen]')?.dataset.seen;
  if (!mark) return;
  const key = `seen:${mark}`;
  try {
    if (sessionStorage.getItem(key)) return;
  } catch { /* a browser that keeps nothing counts each time */ }
  const shown = () => document.visibilityState === 'visible' && !document.prerendering;
  let timer = 0;
  let done = false;
  const count = () => {
    if (done || !shown()) return;
    done = true;
    clearTimeout(timer);
    try { sessionStorage.setItem(key, '1'); } catch { /* see above */ }
    fetch('/seen', { method: 'POST', body: mark, keepalive: true, credentials: 'omit' }).catch(() => {});
  };
  const look = () => {
    clearTimeout(timer);
    if (!done && shown()) timer = setTimeout(count, 3000);
  };
  document.addEventListener('visibilitychange', look);
  document.addEventListener('prerenderingchange', look);
  addEventListener('scroll', count, { passive: true });
  look();
}
countView();
