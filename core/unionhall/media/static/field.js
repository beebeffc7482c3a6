// [data-media-field]: chooses in a dialog instead of on a page of its own. Without this script its buttons are submits.
import { open } from './choose.js';

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-choose], [data-clear]');
  const field = button?.closest('[data-media-field]');
  if (!field || event.defaultPrevented) return;
  event.preventDefault();
  if ('choose' in button.dataset) choose(field, button);
  else put(field, null);
});

function choose(field, button) {
  const address = new URL(button.formAction);
  const org = button.form.elements[field.dataset.org]?.value;
  if (org) address.searchParams.set('pick-org', org);
  const hidden = one(field);
  const told = field.querySelector('[data-failed]');
  told.hidden = true;
  open({
    url: address.href,
    chosen: hidden?.value ? [hidden.value] : [],
    done: (assets) => (hidden ? put(field, assets[0]) : add(field, assets)),
    failed: () => { told.hidden = false; },
  });
}

const one = (field) => field.querySelector(':scope > input[type="hidden"]');

function put(field, asset) {
  const hidden = one(field);
  const before = hidden.dataset.asset ? JSON.parse(hidden.dataset.asset) : {};
  hidden.value = asset?.id ?? '';
  if (asset) hidden.dataset.asset = JSON.stringify(asset);
  else delete hidden.dataset.asset;
  const card = field.querySelector('[data-card]');
  card.hidden = !asset;
  if (asset) draw(card, asset);
  for (const part of field.querySelectorAll('[data-some], [data-clear]')) part.hidden = !asset;
  field.querySelector('[data-none]').hidden = Boolean(asset);
  words(field, hidden.form, before, asset);
  hidden.dispatchEvent(new Event('input', { bubbles: true }));
  if (!asset) field.querySelector('[data-choose]')?.focus();
}

// The same rule as the server's: empty, or what the picture before said.
function words(field, form, before, asset) {
  for (const [name, target] of Object.entries(JSON.parse(field.dataset.fills ?? '{}'))) {
    const input = form.elements[target];
    if (asset && ![before[name] ?? '', ''].includes(input.value.trim())) continue;
    input.value = asset?.[name] ?? '';
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

function add(field, assets) {
  const list = field.querySelector('[data-rows]');
  const known = new Set([...list.querySelectorAll('input[type="hidden"]')].map((input) => input.value));
  for (const asset of assets.filter(({ id }) => !known.has(String(id)))) {
    const row = field.querySelector('[data-media-row]').content.firstElementChild.cloneNode(true);
    row.querySelector('input').value = asset.id;
    draw(row, asset);
    list.append(row);
  }
  list.dispatchEvent(new CustomEvent('uh:rows'));
}

function draw(card, { name, facts, lacks, thumb, extension }) {
  const image = card.querySelector('[data-thumb]');
  const kind = card.querySelector('[data-kind]');
  image.hidden = !thumb;
  kind.hidden = Boolean(thumb);
  kind.textContent = extension;
  if (thumb) image.src = thumb;
  card.querySelector('[data-name]').textContent = name;
  card.querySelector('[data-facts]').textContent = facts;
  card.querySelector('[data-lacks]').textContent = lacks;
  card.querySelector('[data-lacks]').hidden = !lacks;
}
