// On a terminal: nobody's page stays on the glass. Without this the page's own refresh does the same, only less kindly.

const box = document.querySelector('[data-idle]');
const idle = Number(box.dataset.idle) * 1000;
const grace = Number(box.dataset.grace);
const left = box.querySelector('[data-left]');
const start = box.dataset.start;
let touched = false;
let timer = 0;
let ticking = 0;

const isLoggedIn = () => document.cookie.split('; ').some((item) => item.startsWith('uh_in='));
const isAtRest = () => !touched && location.pathname === start && !isLoggedIn();

async function reset() {
  for (const form of document.forms) form.reset();
  for (const field of document.querySelectorAll('input:not([type=hidden]), textarea')) field.value = '';
  try {
    sessionStorage.clear();
    localStorage.clear();
    await fetch(box.dataset.reset, { method: 'POST', credentials: 'same-origin', redirect: 'manual' });
  } finally {
    location.replace(start);
  }
}

function wait() {
  clearTimeout(timer);
  timer = setTimeout(ask, idle);
}

function ask() {
  if (isAtRest()) {
    location.replace(start);
    return;
  }
  let seconds = grace;
  left.textContent = seconds;
  if (!box.open) box.showModal();
  clearInterval(ticking);
  ticking = setInterval(() => {
    seconds -= 1;
    left.textContent = Math.max(seconds, 0);
    if (seconds <= 0) {
      clearInterval(ticking);
      reset();
    }
  }, 1000);
}

function stay() {
  clearInterval(ticking);
  if (box.open) box.close();
  wait();
}

for (const name of ['pointerdown', 'keydown', 'input', 'wheel', 'touchstart']) {
  document.addEventListener(name, () => {
    touched = true;
    stay();
  }, { passive: true, capture: true });
}
box.addEventListener('cancel', stay);

// Every page takes the place of the one before: "back" leads nowhere.
document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[href]');
  if (!link || link.origin !== location.origin || link.hash && link.pathname === location.pathname) return;
  event.preventDefault();
  location.replace(link.href);
});
document.addEventListener('submit', (event) => {
  if (!event.target.matches('[data-reset-form]')) return;
  event.preventDefault();
  reset();
});
document.addEventListener('contextmenu', (event) => event.preventDefault());
document.addEventListener('dragstart', (event) => event.preventDefault());
window.addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });

const clock = document.querySelector('[data-clock]');
function tick() {
  const now = new Date();
  clock.textContent = now.toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false, timeZone: 'Asia/Shanghai' });
}
if (clock) {
  tick();
  clock.hidden = false;
  setInterval(tick, 5000);
}

async function sign() {
  try {
    const answer = await fetch(box.dataset.state, { credentials: 'same-origin', headers: { Accept: 'application/json' } });
    if (answer.status === 404) location.reload();
    if (!answer.ok) return;
    const about = await answer.json();
    for (const place of document.querySelectorAll('[data-terminal]')) place.textContent = `${about.place} · ${about.name}`;
  } catch {
    // The line is down; what stands on the page still holds.
  }
}
sign();
setInterval(sign, 60000);
wait();
