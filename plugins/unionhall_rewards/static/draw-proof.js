// Recomputes a draw on the reader's own device from the published file: hashes, the committed secret, every outcome. WebCrypto alone.
const box = document.querySelector('[data-draw-proof]');
const run = box?.querySelector('[data-draw-run]');
const said = box?.querySelector('[data-draw-said]');
const utf8 = new TextEncoder();
const hex = (bytes) => Array.from(new Uint8Array(bytes), (b) => b.toString(16).padStart(2, '0')).join('');
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const sha = (data) => crypto.subtle.digest('SHA-256', data);
const shaText = async (text) => hex(await sha(utf8.encode(text)));
const byBytes = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

async function hmac(key, data) {
  const made = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', made, data));
}

// A stream of fair numbers: 64 bits of each block, the top ones, thrown away when too large.
async function numbers(key) {
  const made = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  let count = 0n;
  return async (limit) => {
    if (limit === 1) return 0;
    const bits = BigInt((limit - 1).toString(2).length);
    for (;;) {
      const data = new Uint8Array(16);
      data.set(utf8.encode('UHD1.blk'));
      new DataView(data.buffer).setBigUint64(8, count++);
      const block = await crypto.subtle.sign('HMAC', made, data);
      const found = Number(new DataView(block).getBigUint64(0) >> (64n - bits));
      if (found < limit) return found;
    }
  };
}

async function batch(file, spec, secret) {
  const text = `UHD1.seed\n${file.spec_hash}\n${file.entrants_hash}\n${file.public}\n`;
  const below = await numbers(await hmac(secret, utf8.encode(text)));
  const rest = [...file.entrants].sort(byBytes), lucky = new Set(), found = [];
  const slots = spec.prizes.flatMap((p) => Array.from({ length: p.qty }, (_, n) => [p.id, n + 1]));
  for (let n = 1; n <= spec.reserve; n += 1) slots.push(['R', n]);
  let at = 0;
  for (const [prize, number] of slots) {
    let ticket = '';
    do {
      if (at === rest.length) return found;
      const other = at + await below(rest.length - at);
      [rest[at], rest[other]] = [rest[other], rest[at]];
      ticket = rest[at++];
    } while (lucky.has(ticket.split('.')[0]));
    lucky.add(ticket.split('.')[0]);
    found.push([prize, number, ticket]);
  }
  return found;
}

async function instant(file, spec, secret) {
  const seed = await hmac(secret, utf8.encode(`UHI1.seed\n${spec.draw_id}\n${file.public}\n`));
  for (const [entry, x, prize, missed] of file.results) {
    const below = await numbers(await hmac(seed, utf8.encode(`UHI1.entry\n${entry}\n`)));
    const made = await below(1000000);
    let upto = 0;
    const hit = spec.prizes.find((p) => made < (upto += p.ppm))?.id ?? '';
    if (made !== x || (missed || prize) !== hit) return entry;
  }
  return '';
}

async function faults(file) {
  const spec = JSON.parse(file.spec), secret = unhex(file.secret), wrong = [];
  const same = (name, made, told) => { if (made !== told) wrong.push(name); };
  same('spec_hash', await shaText(`UHD1.spec\n${file.spec}`), file.spec_hash);
  const head = utf8.encode(`UHD1.commit\n${spec.draw_id}\n${file.spec_hash}\n`);
  same('commit', hex(await sha(Uint8Array.from([...head, ...secret]))), file.commit);
  const lines = [...file.entrants].sort(byBytes).map((line) => `${line}\n`).join('');
  same('entrants_hash', await shaText(`UHD1.entrants\n${lines}`), file.entrants_hash);
  const told = file.results.map((row) => `${row.join('\t')}\n`).join('');
  same('result_hash', await shaText(`${spec.algo}.result\n${told}`), file.result_hash);
  if (spec.algo === 'UHI1') {
    const entry = await instant(file, spec, secret);
    if (entry) wrong.push(entry);
  } else same('results', JSON.stringify(await batch(file, spec, secret)), JSON.stringify(file.results));
  return wrong;
}

async function check() {
  run.disabled = true;
  said.textContent = box.dataset.busy;
  try {
    const answer = await fetch(`${box.dataset.base}draw-${box.dataset.key}.json`);
    if (!answer.ok) throw new Error(String(answer.status));
    const wrong = await faults(await answer.json());
    said.textContent = wrong.length ? box.dataset.bad + wrong.join(', ') : box.dataset.ok;
    box.dataset.state = wrong.length ? 'bad' : 'ok';
  } catch (error) {
    said.textContent = box.dataset.bad + error.message;
  }
  run.disabled = false;
}

if (run) {
  if (globalThis.crypto?.subtle) {
    run.hidden = false;
    run.addEventListener('click', check);
  } else said.textContent = box.dataset.none;
}
