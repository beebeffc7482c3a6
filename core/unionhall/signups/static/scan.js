// [data-scan] forms: a camera that reads check-in codes, where the browser can; [data-print] prints the page.
for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}

for (const form of document.querySelectorAll('[data-scan]')) {
  if ('BarcodeDetector' in window && navigator.mediaDevices?.getUserMedia) offer(form);
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
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  } catch {
    start.hidden = true; // no camera, or not allowed: the field stays
    return;
  }
  box.hidden = false;
  video.srcObject = stream;
  await video.play();
  const detector = new BarcodeDetector({ formats: ['qr_code'] });
  const look = async () => {
    const [found] = await detector.detect(video).catch(() => []);
    if (!found) return requestAnimationFrame(look);
    for (const track of stream.getTracks()) track.stop();
    form.elements.code.value = found.rawValue;
    form.requestSubmit();
  };
  look();
}
