// form[data-autosave-url]: saves ten seconds after a change and when the page is put aside.
import { csrf, fresh } from './dom.js';

const WAIT = 10_000;

export function autosave(root) {
  for (const form of fresh(root, 'form[data-autosave-url]', 'autosave')) watch(form);
}

function watch(form) {
  let changes = 0;
  let saved = 0;
  let busy = false;
  let stopped = false;
  let writing = false;

  form.addEventListener('input', () => { changes += 1; });
  form.addEventListener('change', () => { changes += 1; });
  form.addEventListener('compositionstart', () => { writing = true; });
  form.addEventListener('compositionend', () => { writing = false; });
  document.addEventListener('submit', (event) => { if (event.target === form && !event.defaultPrevented) stopped = true; });
  addEventListener('pageshow', (event) => { if (event.persisted) stopped = false; });
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') save(); });
  const timer = setInterval(() => (form.isConnected ? save() : clearInterval(timer)), WAIT);

  async function save() {
    if (changes === saved || busy || stopped || writing) return;
    const sending = changes;
    busy = true;
    try {
      const answer = await fetch(form.dataset.autosaveUrl, {
        method: 'POST', body: textOf(form), redirect: 'error', headers: { 'X-CSRFToken': csrf(), Accept: 'application/json' },
      });
      const { message, fields = {} } = await answer.json();
      if (stopped) return;
      if (!answer.ok && answer.status !== 409) throw new Error(answer.status);
      for (const [name, value] of Object.entries(fields)) if (form.elements[name]?.type === 'hidden') form.elements[name].value = value;
      tell(message, answer.status === 409);
      saved = sending;
      if (answer.ok && changes === saved) form.dispatchEvent(new CustomEvent('uh:saved', { bubbles: true }));
    } catch {
      if (!stopped) tell(form.dataset.autosaveFailed, true);
    } finally {
      busy = false;
    }
  }

  function tell(text, bad) {
    const place = form.querySelector('[data-autosave-status]') ?? document.querySelector('[data-autosave-status]');
    if (!place || !text) return;
    place.textContent = text;
    place.classList.toggle('is-bad', bad);
  }
}

// Files go with the real save only.
function textOf(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
}
