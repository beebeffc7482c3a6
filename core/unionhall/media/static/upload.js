// [data-upload]: each file is sent by itself as soon as it is chosen or dropped, with a row that says how far it is.
// `uh:uploaded` tells which were kept, once nothing is under way any more.
const AT_ONCE = 2;
export const fill = (text, values) => (text ?? '').replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

for (const box of document.querySelectorAll('[data-upload]')) uploads(box);
document.querySelector('form[data-upload]')?.addEventListener('submit', (event) => event.preventDefault());

export function uploads(box) {
  const said = box.dataset;
  const input = box.querySelector('input[type="file"]');
  const zone = box.querySelector('[data-drop]');
  const rows = box.querySelector('[data-upload-rows]');
  const waiting = [];
  let running = 0;
  let kept = [];

  box.querySelector('[data-upload-send]').hidden = true;
  input.addEventListener('change', () => { add(input.files); input.value = ''; });
  for (const type of ['dragenter', 'dragover']) zone.addEventListener(type, over);
  for (const type of ['dragleave', 'drop']) zone.addEventListener(type, () => zone.classList.remove('is-over'));
  zone.addEventListener('drop', (event) => { event.preventDefault(); add(event.dataTransfer.files); });
  addEventListener('beforeunload', (event) => { if (running) event.preventDefault(); });

  function over(event) {
    if (![...event.dataTransfer.types].includes('Files')) return;
    event.preventDefault();
    zone.classList.add('is-over');
  }

  function add(files) {
    for (const file of files) waiting.push({ file, row: draw(file.name) });
    next();
  }

  function draw(name) {
    const row = box.querySelector('[data-upload-row]').content.firstElementChild.cloneNode(true);
    row.querySelector('[data-name]').textContent = name;
    row.querySelector('[data-state]').textContent = said.waiting;
    row.querySelector('progress').setAttribute('aria-label', fill(said.progress, { name }));
    rows.hidden = false;
    rows.append(row);
    return row;
  }

  function next() {
    while (running < AT_ONCE && waiting.length) {
      running += 1;
      send(waiting.shift()).finally(() => { running -= 1; next(); });
    }
    if (running || !kept.length) return;
    const detail = kept;
    kept = [];
    box.dispatchEvent(new CustomEvent('uh:uploaded', { bubbles: true, detail }));
    box.querySelector('[data-upload-done]')?.click();
  }

  async function send({ file, row }) {
    const state = row.querySelector('[data-state]');
    const bar = row.querySelector('progress');
    row.querySelector('.field__error')?.remove();
    try {
      const answer = await post(box, file, (share) => {
        bar.value = share;
        state.textContent = share < 1 ? `${Math.round(share * 100)}%` : said.working;
      });
      const link = document.createElement('a');
      link.href = answer.url;
      link.textContent = answer.known && answer.name !== file.name ? `${file.name} → ${answer.name}` : answer.name;
      row.querySelector('[data-name]').replaceChildren(link);
      state.textContent = answer.known ? said.known : said.kept;
      state.className = `chip ${answer.known ? 'chip--info' : 'chip--ok'}`;
      bar.remove();
      kept.push(answer);
    } catch (error) {
      fail({ file, row }, error);
    }
  }

  function fail({ file, row }, error) {
    const state = row.querySelector('[data-state]');
    state.textContent = said.failed;
    state.className = 'chip chip--bad';
    row.querySelector('progress').hidden = true;
    const told = box.querySelector('[data-upload-error]').content.firstElementChild.cloneNode(true);
    told.querySelector('[data-why]').textContent = fill(said.refused, { name: file.name, why: error.message || said.network });
    // What the server refused would be refused again; what the network lost would not.
    const again = told.querySelector('[data-again]');
    again.hidden = Boolean(error.message);
    again.addEventListener('click', () => {
      state.className = '';
      row.querySelector('progress').hidden = false;
      waiting.push({ file, row });
      next();
    });
    row.append(told);
  }
}

// In the chooser the fields stand in a larger form, under names of their own.
function bodyOf(box, file) {
  const body = new FormData();
  for (const field of box.querySelectorAll('input[name]:not([type="file"]), select[name]')) body.set(field.name.replace(/^pick-/, ''), field.value);
  body.set('file', file, file.name);
  return body;
}

function post(box, file, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', box.dataset.upload);
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('X-CSRFToken', document.querySelector('meta[name="csrf-token"]')?.content ?? '');
    request.upload.addEventListener('progress', (event) => event.lengthComputable && progress(event.loaded / event.total));
    request.addEventListener('error', () => reject(new Error()));
    request.addEventListener('load', () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* a proxy's own page: the general message says enough */ }
      if (request.status === 200 || request.status === 201) resolve(answer);
      else reject(new Error(answer.error?.message ?? ''));
    });
    request.send(bodyOf(box, file));
  });
}
