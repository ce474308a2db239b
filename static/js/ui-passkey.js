// When a passkey is not used (closed, timed out, none on this device), say so on the page instead of in the console.
const place = document.getElementById("passkey-trouble");

document.addEventListener("allauth.error", (event) => {
  if (!place) return;
  event.preventDefault();
  const note = document.createElement("p");
  note.className = "note bad";
  note.textContent = place.dataset.stopped;
  place.replaceChildren(note);
  const heading = document.querySelector("main h1");
  if (heading) heading.closest(".head, .flow").after(place);
});
