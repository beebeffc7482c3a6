// form[data-unsaved]: asks before leaving with changes that were neither submitted nor autosaved.

export function unsaved() {
  const changed = new Set();
  const note = (event) => {
    const form = event.target.form ?? event.target.closest?.('form');
    if (form?.matches('[data-unsaved]')) changed.add(form);
  };
  document.addEventListener('input', note);
  document.addEventListener('change', note);
  document.addEventListener('uh:saved', (event) => changed.delete(event.target));
  document.addEventListener('submit', (event) => { if (!event.defaultPrevented) changed.clear(); });
  addEventListener('beforeunload', (event) => {
    if (![...changed].some((form) => form.isConnected)) return;
    event.preventDefault();
    event.returnValue = '';
  });
}
