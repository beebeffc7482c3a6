// The chooser in a dialog. `open` fetches the page of that address; anybody may ask with a cancelable `uh:choose` event.
import { tabs } from './tabs.js';
import { fill, uploads } from './upload.js';

const assetOf = (input) => JSON.parse(input.dataset.asset);

document.addEventListener('uh:choose', (event) => {
  event.preventDefault();
  open(event.detail);
});

// {url, chosen: ids, done(assets), closed?(), failed?()}: `done` gets what was chosen, in the order of choosing.
export async function open({ url, chosen = [], done, closed = () => {}, failed = () => {} }) {
  const address = new URL(url, location.href);
  for (const id of chosen) address.searchParams.append('pick-ids', id);
  const dialog = document.createElement('dialog');
  let result = null;
  dialog.className = 'dialog';
  dialog.setAttribute('aria-busy', 'true');
  dialog.addEventListener('close', () => {
    dialog.remove();
    closed();
    if (result?.length) done(result);
  });
  document.body.append(dialog);
  dialog.showModal();
  try {
    const form = (await page(address)).getElementById('chooser');
    if (!dialog.isConnected) return;
    dialog.setAttribute('aria-labelledby', 'chooser-title');
    dialog.removeAttribute('aria-busy');
    dialog.append(document.adoptNode(form));
    form.dispatchEvent(new CustomEvent('uh:load', { bubbles: true }));
    start(form, address, (assets) => { result = assets; dialog.close(); });
  } catch {
    dialog.close();
    failed();
  }
}

async function page(address) {
  const answer = await fetch(address, { headers: { Accept: 'text/html' } });
  if (!answer.ok || answer.redirected) throw new Error(answer.status);
  return new DOMParser().parseFromString(await answer.text(), 'text/html');
}

function start(form, base, finish) {
  const many = Boolean(form.querySelector('[name="pick-many"]'));
  const use = form.querySelector('[data-use]');
  const told = form.querySelector('[data-chosen]');
  const chosen = new Map();
  let fresh = [];
  let asking = 0;

  for (const part of form.querySelectorAll('[data-dialog]')) part.hidden = false;
  tabs(form);
  const box = form.querySelector('[data-upload]');
  uploads(box);
  box.addEventListener('uh:uploaded', ({ detail }) => uploaded(detail.map(({ id }) => String(id))));
  form.addEventListener('submit', (event) => { event.preventDefault(); find(event.submitter); });
  form.addEventListener('click', ({ target }) => {
    if (target.closest('[data-cancel]')) finish([]);
    if (target.closest('[data-use]')) end();
  });
  form.addEventListener('change', ({ target }) => {
    if (target.name === 'pick-ids') pick(target);
    else if (target.matches('#choose-library select')) find();
  });
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.target.name !== 'pick-ids') return;
    event.preventDefault();
    if (!event.target.checked) event.target.click();
    end();
  });
  form.addEventListener('dblclick', ({ target }) => { if (!many && target.closest('.asset')) end(); });
  for (const input of form.querySelectorAll('[name="pick-ids"]:checked')) chosen.set(input.value, assetOf(input));
  show();
  // A finger would only bring up the keyboard.
  if (matchMedia('(pointer: fine)').matches) form.querySelector('[type="search"]').focus({ preventScroll: true });

  function end() {
    if (chosen.size) finish([...chosen.values()]);
  }

  function pick(input) {
    if (!many) chosen.clear();
    if (input.checked) chosen.set(input.value, assetOf(input));
    else chosen.delete(input.value);
    show();
  }

  function show(said = '') {
    told.textContent = [said, chosen.size ? fill(form.dataset.count, { n: chosen.size }) : ''].filter(Boolean).join(' · ');
    use.setAttribute('aria-disabled', String(!chosen.size));
  }

  async function uploaded(ids) {
    fresh.push(...ids);
    if (await find() && !form.querySelector('#choose-upload .chip--bad')) form.querySelector('#choose-tab-library').click();
  }

  // Only the list is replaced: what is typed above it and the rows of uploads stay.
  async function find(submitter = null) {
    const mine = asking += 1;
    const address = new URL(base);
    for (const [name, value] of new FormData(form)) {
      if (name.startsWith('pick-') && typeof value === 'string') address.searchParams.set(name, value);
    }
    if (submitter?.name) address.searchParams.set(submitter.name, submitter.value);
    address.searchParams.delete('pick-ids');
    for (const id of many ? [...chosen.keys(), ...fresh] : [...fresh, ...chosen.keys()]) address.searchParams.append('pick-ids', id);
    const list = form.querySelector('#choose-list');
    list.setAttribute('aria-busy', 'true');
    try {
      const made = (await page(address)).getElementById('choose-list');
      if (mine !== asking) return false;
      list.replaceWith(document.adoptNode(made));
      adopt(made);
      show(made.dataset.announce);
      if (submitter?.name === 'pick-page') {
        made.querySelector('.assets:last-of-type input')?.focus({ preventScroll: true });
        made.scrollIntoView();
      }
      return true;
    } catch {
      list.removeAttribute('aria-busy');
      show(form.dataset.failed);
      return false;
    }
  }

  // What was uploaded is chosen as soon as it is in the list; what was ticked while the list was on its way stays ticked.
  function adopt(list) {
    const inputs = [...list.querySelectorAll('[name="pick-ids"]')];
    for (const input of inputs.filter(({ value }) => fresh.includes(value)).slice(0, many ? inputs.length : 1)) {
      if (!many) chosen.clear();
      chosen.set(input.value, assetOf(input));
    }
    fresh = [];
    for (const input of inputs) input.checked = chosen.has(input.value);
  }
}
