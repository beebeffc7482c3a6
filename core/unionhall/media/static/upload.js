// form[data-upload]: each file is sent by itself as soon as it is chosen or dropped, with a row that says how far it is.
const AT_ONCE = 2;
const fill = (text, values) => (text ?? '').replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

const form = document.querySelector('form[data-upload]');
if (form) start(form);

function start(form) {
  const said = form.dataset;
  const input = form.querySelector('input[type="file"]');
  const zone = form.querySelector('[data-drop]');
  const rows = form.querySelector('[data-upload-rows]');
  const waiting = [];
  let running = 0;
  let kept = 0;

  form.querySelector('[data-upload-send]').hidden = true;
  input.addEventListener('change', () => { add(input.files); input.value = ''; });
  form.addEventListener('submit', (event) => event.preventDefault());
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
    const row = form.querySelector('[data-upload-row]').content.firstElementChild.cloneNode(true);
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
    if (!running && kept) {
      kept = 0;
      form.querySelector('[data-upload-done]').click();
    }
  }

  async function send({ file, row }) {
    const state = row.querySelector('[data-state]');
    const bar = row.querySelector('progress');
    row.querySelector('.field__error')?.remove();
    try {
      const answer = await post(form, file, (share) => {
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
      kept += 1;
    } catch (error) {
      fail({ file, row }, error);
    }
  }

  function fail({ file, row }, error) {
    const state = row.querySelector('[data-state]');
    state.textContent = said.failed;
    state.className = 'chip chip--bad';
    row.querySelector('progress').hidden = true;
    const told = form.querySelector('[data-upload-error]').content.firstElementChild.cloneNode(true);
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

function post(form, file, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const body = new FormData(form);
    body.set('file', file, file.name);
    request.open('POST', form.action);
    request.setRequestHeader('Accept', 'application/json');
    request.upload.addEventListener('progress', (event) => event.lengthComputable && progress(event.loaded / event.total));
    request.addEventListener('error', () => reject(new Error()));
    request.addEventListener('load', () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* a proxy's own page: the general message says enough */ }
      if (request.status === 200 || request.status === 201) resolve(answer);
      else reject(new Error(answer.error?.message ?? ''));
    });
    request.send(body);
  });
}
