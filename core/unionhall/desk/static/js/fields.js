// Small help for single fields: live counters, a preview of a chosen image, a filter over a tree.
import { fill, fresh } from './dom.js';

export function fields(root) {
  for (const counter of fresh(root, '[data-count-for]', 'count')) count(counter);
  for (const input of fresh(root, 'input[type="file"][data-preview]', 'preview')) input.addEventListener('change', () => preview(input));
  for (const input of fresh(root, 'input[data-filter-tree]', 'tree')) filterTree(input);
}

function count(counter) {
  const input = document.getElementById(counter.dataset.countFor);
  if (!input) return;
  const show = () => {
    const n = [...input.value].length;
    counter.textContent = fill(counter.dataset.template ?? '{n}/{max}', { n, max: input.maxLength, left: input.maxLength - n });
  };
  input.addEventListener('input', show);
  show();
}

// A data: URL, because the pages' policy lets no blob: image in. data-preview names an <img> by id, or is empty.
function preview(input) {
  const file = input.files[0];
  let image = document.getElementById(input.dataset.preview) ?? input.parentElement.querySelector('img[data-preview-image]');
  if (!file?.type.startsWith('image/')) {
    if (image) image.hidden = true;
    return;
  }
  if (!image) {
    image = new Image();
    image.dataset.previewImage = '';
    image.alt = '';
    input.after(image);
  }
  const reader = new FileReader();
  reader.addEventListener('load', () => {
    image.src = reader.result;
    image.hidden = false;
  });
  reader.readAsDataURL(file);
}

function filterTree(input) {
  const tree = (input.closest('.menu__panel, .panel, form') ?? document).querySelector('.tree');
  const own = (item) => [...item.childNodes].filter((node) => node.nodeName !== 'UL').map((node) => node.textContent).join(' ').toLowerCase();
  const apply = () => {
    const wanted = input.value.trim().toLowerCase();
    const shown = (item) => {
      const inner = [...item.querySelectorAll(':scope > ul > li')].map(shown).some(Boolean);
      const hit = inner || own(item).includes(wanted);
      item.hidden = !hit;
      return hit;
    };
    tree?.querySelectorAll(':scope > li').forEach(shown);
  };
  input.addEventListener('input', apply);
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !input.value || event.isComposing) return;
    event.preventDefault();
    input.value = '';
    apply();
  });
}
