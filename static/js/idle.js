// Says before the server signs somebody out, and lets them stay. Without scripts the server still decides.

const dialog = document.querySelector("dialog.idle");

if (dialog) {
  // The server notes activity once a minute at most, so it may sign out up to a minute before `idle`.
  const slack = 60_000;
  const idle = Number(dialog.dataset.idle) * 1000;
  const warning = Number(dialog.dataset.warning) * 1000;
  const tabs = new BroadcastChannel("activity");
  const left = dialog.querySelector("[data-left]");
  let last = Date.now();

  // Asked for this page again, the server signs out and says so.
  const leave = () => location.replace(location.pathname + location.search);
  const seen = () => {
    last = Date.now();
    dialog.close();
  };
  const stay = async () => {
    seen();
    const answer = await fetch(dialog.dataset.stay, { headers: { Accept: "text/plain" } });
    if (answer.redirected) leave();
    else tabs.postMessage("seen");
  };

  tabs.addEventListener("message", seen);
  tabs.postMessage("seen");
  dialog.querySelector("button").addEventListener("click", stay);
  dialog.addEventListener("cancel", stay);
  // Whoever writes is there, though nothing has been sent yet.
  document.addEventListener("input", () => {
    if (Date.now() - last > 120_000) stay();
  });

  setInterval(() => {
    const remaining = idle - (Date.now() - last);
    if (remaining <= 0) {
      leave();
    } else if (remaining <= warning + slack) {
      const seconds = Math.max(0, Math.ceil((remaining - slack) / 1000));
      left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (!dialog.open) dialog.showModal();
    }
  }, 1000);
}
