// Asks for the place of the device, only when somebody presses the button. [data-near] sends the form it stands in with lat and lon, rounded to about
// 100 metres; [data-place] writes the exact place into the field that it names.
for (const button of document.querySelectorAll('[data-near], [data-place]')) {
  if (!navigator.geolocation) continue;
  button.hidden = false;
  const said = button.parentElement.querySelector('[data-failed]');
  button.addEventListener('click', () => {
    button.disabled = true;
    if (said) said.hidden = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        button.disabled = false;
        if (button.dataset.place) {
          document.getElementById(button.dataset.place).value = `${coords.latitude.toFixed(6)}, ${coords.longitude.toFixed(6)}`;
          return;
        }
        const form = button.form;
        form.elements.lat.value = coords.latitude.toFixed(3);
        form.elements.lon.value = coords.longitude.toFixed(3);
        form.elements.lat.disabled = form.elements.lon.disabled = false;
        form.requestSubmit();
      },
      () => { button.disabled = false; if (said) said.hidden = false; },
      { enableHighAccuracy: Boolean(button.dataset.place), timeout: 15000, maximumAge: 60000 },
    );
  });
}
