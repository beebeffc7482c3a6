// WAI-ARIA tabs: one stop, arrows change.
export function tabs(form) {
  const list = form.querySelector('[data-tabs]');
  const all = [...list.querySelectorAll('button')];
  const panel = (tab) => form.querySelector(`#${tab.getAttribute('aria-controls')}`);
  const turn = (to) => all.forEach((tab) => {
    tab.setAttribute('aria-selected', String(tab === to));
    tab.tabIndex = tab === to ? 0 : -1;
    panel(tab).hidden = tab !== to;
  });
  list.setAttribute('role', 'tablist');
  list.setAttribute('aria-labelledby', 'chooser-title');
  for (const tab of all) {
    tab.setAttribute('role', 'tab');
    panel(tab).setAttribute('role', 'tabpanel');
    tab.addEventListener('click', () => turn(tab));
    tab.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = all[(all.indexOf(tab) + step + all.length) % all.length];
      turn(next);
      next.focus();
    });
  }
  turn(all[0]);
}
