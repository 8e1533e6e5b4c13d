// Pages of a draft: what was typed is saved as the page is left. Where it cannot be, the browser asks first.

const MOST_BYTES = 60_000; // browsers send no more than 64 KB for a page that is gone

for (const form of document.querySelectorAll("form[data-keep]")) {
  let typed = "typed" in form.dataset;
  let saving = null;
  const asks = form.dataset.keep === "ask";

  const body = () => {
    const data = new FormData(form);
    data.append("keeping", "1");
    return data;
  };
  const size = () => [...new FormData(form)].reduce((sum, [name, value]) => sum + 100 + name.length + new Blob([value]).size, 0);

  const keep = async () => {
    typed = false;
    const answer = await fetch(form.action, { method: "POST", body: body(), keepalive: size() < MOST_BYTES }).catch(() => null);
    if (!answer?.ok) {
      typed = true;
      return;
    }
    const { version, address } = await answer.json();
    form.elements.version.value = version;
    form.action = address;
    history.replaceState(null, "", address);
  };
  const leave = () => {
    if (typed && !asks && !saving) saving = keep().finally(() => { saving = null; });
  };

  form.addEventListener("input", () => { typed = true; });
  form.addEventListener("submit", async (event) => {
    typed = false;
    if (!saving) return;
    event.preventDefault(); // its version is not known yet
    await saving;
    typed = false;
    form.requestSubmit(event.submitter);
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) leave(); });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  addEventListener("beforeunload", (event) => {
    if (typed && (asks || size() >= MOST_BYTES)) event.preventDefault();
  });
}
