// [data-screen]: the organiser's screen fetches itself when its code changes, and keeps the room's display awake.
const parser = new DOMParser();

async function next() {
  const shown = document.querySelector('[data-screen]');
  let wait = 5;
  try {
    const answer = await fetch(location.href, { cache: 'no-store' });
    if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
    const fresh = parser.parseFromString(await answer.text(), 'text/html').querySelector('[data-screen]');
    wait = Number(fresh.dataset.screen);
    shown.replaceWith(fresh);
  } catch {
    shown.querySelector('[data-screen-offline]').hidden = false;
  }
  setTimeout(next, Math.min(wait, 10) * 1000 + 200);
}

setTimeout(next, Math.min(Number(document.querySelector('[data-screen]').dataset.screen), 10) * 1000 + 200);
navigator.wakeLock?.request('screen').catch(() => {});
