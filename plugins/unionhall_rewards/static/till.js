// A till's page. [data-scan]: a camera that reads QR codes, by the browser's own reader or by ours; [data-bill]: what is left to
// pay; [data-print]; [data-online]: whether there is a network. Without this script one types, and everything works.
const MOST = 800; // pixels of the longer side that our reader looks at
const yuan = (fen) => '¥' + (fen / 100).toFixed(2);

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}

for (const chip of document.querySelectorAll('[data-online]')) {
  const say = () => {
    chip.hidden = false;
    chip.textContent = navigator.onLine ? chip.dataset.online : chip.dataset.offline;
    chip.className = `chip ${navigator.onLine ? 'chip--ok' : 'chip--bad'}`;
  };
  addEventListener('online', say);
  addEventListener('offline', say);
  say();
}

for (const form of document.querySelectorAll('[data-bill]')) {
  const { form: kind, face, percent, least, pay } = form.dataset;
  const label = form.querySelector('[data-pay-label]');
  const plain = label.textContent;
  const say = () => {
    const typed = form.elements.bill.value.normalize('NFKC').replace(/[¥,元\s]/g, '').replace('。', '.');
    const bill = /^\d+(\.\d{0,2})?$/.test(typed) ? Math.round(Number(typed) * 100) : 0;
    const off = kind === 'percent' ? Math.min(Number(face), Math.floor((bill * percent) / 100)) : Math.min(Number(face), bill);
    label.textContent = kind !== 'item' && bill > 0 && bill >= Number(least) ? pay.replace('{yuan}', yuan(bill - off)) : plain;
  };
  form.elements.bill.addEventListener('input', say);
  say();
}

// One click, one request: the server would answer a second one with the same receipt, but need not be asked.
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
  });
}
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
});

for (const form of document.querySelectorAll('[data-scan]')) {
  if (navigator.mediaDevices?.getUserMedia) offer(form);
}

function offer(form) {
  const start = form.querySelector('[data-scan-start]');
  start.hidden = false;
  start.addEventListener('click', () => scan(form, start));
}

async function scan(form, start) {
  const box = form.querySelector('[data-scan-box]');
  const video = box.querySelector('video');
  let stream;
  let read;
  try {
    [stream, read] = await Promise.all([
      navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } }),
      reader(form.dataset.decoder),
    ]);
  } catch {
    start.hidden = true; // no camera, or not allowed: the field stays
    form.querySelector('[data-scan-failed]').hidden = false;
    return;
  }
  start.hidden = true;
  box.hidden = false;
  video.srcObject = stream;
  await video.play();
  const look = async () => {
    const found = await read(video).catch(() => '');
    if (!found) return setTimeout(() => requestAnimationFrame(look), 80);
    for (const track of stream.getTracks()) track.stop();
    form.elements.code.value = found;
    form.requestSubmit();
  };
  look();
}

async function reader(address) {
  if ('BarcodeDetector' in window && (await BarcodeDetector.getSupportedFormats().catch(() => [])).includes('qr_code')) {
    const detector = new BarcodeDetector({ formats: ['qr_code'] });
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? '';
  }
  const { default: decode } = await import(address);
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, MOST / Math.max(video.videoWidth, video.videoHeight, 1));
    canvas.width = Math.max(1, Math.round(video.videoWidth * scale));
    canvas.height = Math.max(1, Math.round(video.videoHeight * scale));
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    return decode(context.getImageData(0, 0, canvas.width, canvas.height));
  };
}
