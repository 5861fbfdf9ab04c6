// Keeps what is being typed as a draft on the server, a moment after the last key. Without scripts there is a button.

const WAIT = 1500;

for (const form of document.querySelectorAll("form[data-draft]")) {
  const said = form.querySelector("[data-draft-said]");
  let timer;

  const save = async () => {
    const fields = new FormData(form);
    for (const [name, value] of [...fields]) if (value instanceof File) fields.delete(name);
    const answer = await fetch(form.dataset.draft, { method: "POST", body: fields, redirect: "manual" }).catch(() => null);
    said.hidden = answer?.status !== 204;
  };

  form.addEventListener("input", () => {
    said.hidden = true;
    clearTimeout(timer);
    timer = setTimeout(save, WAIT);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
}
