// [data-focal]: a click on the picture writes the point into the two number fields and moves the lines there; fields move them too.
const figure = document.querySelector('[data-focal]');
const fields = ['x', 'y'].map((axis) => document.getElementById(`focal_${axis}`));
if (figure && fields.every(Boolean)) start();

function start() {
  figure.addEventListener('click', (event) => {
    const box = figure.querySelector('img').getBoundingClientRect();
    const part = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    fields.forEach((field, at) => {
      field.value = Math.round(Math.min(1, Math.max(0, part[at])) * 1000);
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
  });
  for (const field of fields) field.addEventListener('input', draw);
}

function draw() {
  const [x, y] = fields.map((field) => Math.min(1000, Math.max(0, Number(field.value) || 0)));
  figure.querySelector('[data-focal-x]').setAttribute('d', `M${x} 0V1000`);
  figure.querySelector('[data-focal-y]').setAttribute('d', `M0 ${y}H1000`);
}
