// [data-countdown]: makes the countdown that the server drew tick; at its end it says what comes after, or goes.
const MINUTE = 60_000;

function show(element) {
  const left = new Date(element.dataset.countdown) - Date.now();
  if (Number.isNaN(left)) return false;
  if (left <= 0) {
    if (element.dataset.over) element.textContent = element.dataset.over;
    else element.hidden = true;
    return false;
  }
  const minutes = Math.floor(left / MINUTE);
  const put = (name, value) => { element.querySelector(`[data-${name}]`).textContent = value; };
  put('days', Math.floor(minutes / 1440));
  put('hours', Math.floor((minutes % 1440) / 60));
  put('minutes', minutes % 60);
  element.querySelector('[data-short]').hidden = false;
  return true;
}

for (const element of document.querySelectorAll('[data-countdown]')) {
  const timer = setInterval(() => { if (!show(element)) clearInterval(timer); }, MINUTE / 2);
  show(element);
}
