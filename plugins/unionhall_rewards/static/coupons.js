// [data-live]: the QR of a coupon, fetched anew when its minute is over. [data-clock]: the server's time, ticking on a member card.
const MOST = 90;
let timer = 0;

function wait() {
  const part = document.querySelector('[data-live][data-seconds]');
  clearTimeout(timer);
  if (part) timer = setTimeout(renew, 1000 * Math.min(MOST, Number(part.dataset.seconds) || 1) + 300);
}

async function renew() {
  const part = document.querySelector('[data-live]');
  if (!part || document.hidden) return;
  try {
    const answer = await fetch(part.dataset.live, { headers: { Accept: 'text/html' }, cache: 'no-store', redirect: 'error' });
    if (!answer.ok) throw new Error(answer.status);
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-live]');
    if (!fresh) throw new Error('no part');
    part.replaceWith(fresh);
    wait();
  } catch {
    timer = setTimeout(renew, 5000);
  }
}

function tick(element, ahead) {
  const now = new Date(Date.now() + ahead);
  element.textContent = now.toLocaleString('zh-CN', { timeZone: 'Asia/Shanghai', hour12: false });
}

document.addEventListener('visibilitychange', () => { if (!document.hidden) renew(); });
wait();
for (const element of document.querySelectorAll('[data-clock]')) {
  const ahead = new Date(element.dataset.clock) - Date.now();
  setInterval(() => tick(element, ahead), 1000);
  tick(element, ahead);
}
