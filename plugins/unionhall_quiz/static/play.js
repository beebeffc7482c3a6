// The page of questions: reads them aloud, keeps what was chosen on the site and, in case the network or the login is gone, in this tab.
const form = document.querySelector('form[data-quiz-keep]');
const WAIT = 1200;

if (window.speechSynthesis) {
  for (const button of document.querySelectorAll('[data-quiz-read]')) {
    button.hidden = false;
    button.addEventListener('click', () => {
      const speaking = speechSynthesis.speaking;
      speechSynthesis.cancel();
      if (speaking && button.getAttribute('aria-pressed') === 'true') return;
      const place = document.getElementById(button.dataset.quizRead);
      const said = new SpeechSynthesisUtterance([...place.querySelectorAll('[data-quiz-say]')].map((part) => part.textContent.trim()).join('。'));
      said.lang = document.documentElement.lang || 'zh-CN';
      said.rate = 0.9;
      said.addEventListener('end', () => button.setAttribute('aria-pressed', 'false'));
      button.setAttribute('aria-pressed', 'true');
      speechSynthesis.speak(said);
    });
  }
  addEventListener('pagehide', () => speechSynthesis.cancel());
}

if (form) {
  const key = `quiz:${form.elements.nonce.value}`;
  const status = form.querySelector('[data-quiz-status]');
  let timer = 0;
  let sent = false;

  const chosen = () => [...new FormData(form)].filter(([name]) => /^q\d/.test(name));
  const remember = (put) => { try { put(); } catch { /* private windows have no storage */ } };
  const tell = (text) => { if (status && text) status.textContent = text; };

  remember(() => {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? '[]');
    for (const [name, value] of kept) {
      const found = form.elements[name];
      if (found instanceof HTMLSelectElement) found.value ||= value;
      else for (const input of form.querySelectorAll(`input[name="${CSS.escape(name)}"]`)) {
        if (input.type === 'radio' ? !form.elements[name].value && input.value === value : input.value === value) input.checked = true;
      }
    }
  });

  async function keep() {
    const data = new FormData(form);
    data.set('act', 'keep');
    try {
      const answer = await fetch(form.action, { method: 'POST', body: data, redirect: 'error', headers: { Accept: 'application/json' } });
      if (!sent) tell((await answer.json()).message);
    } catch {
      if (!sent) tell(form.dataset.quizFailed);
    }
  }

  form.addEventListener('change', () => {
    remember(() => sessionStorage.setItem(key, JSON.stringify(chosen())));
    clearTimeout(timer);
    timer = setTimeout(keep, WAIT);
  });
  form.addEventListener('submit', (event) => {
    if (sent && event.submitter?.value !== 'keep') { event.preventDefault(); return; }
    sent = true;
    clearTimeout(timer);
  });
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
}
