// WAI-ARIA tabs: one stop, arrows change.
export function tabs(form) {
  const all = [...form.querySelectorAll('[role="tab"]')];
  const panel = (tab) => form.querySelector(`#${tab.getAttribute('aria-controls')}`);
  const turn = (to) => all.forEach((tab) => {
    tab.setAttribute('aria-selected', String(tab === to));
    tab.tabIndex = tab === to ? 0 : -1;
    panel(tab).hidden = tab !== to;
  });
  for (const tab of all) {
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
