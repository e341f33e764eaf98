// Leaves at once, by the link or by Shift three times, and keeps this page out of "back". Without it the link works alone.
(() => {
  let presses = 0, first = 0;
  const leave = (event) => {
    event?.preventDefault();
    document.title = "";
    document.body.replaceChildren();
    location.replace("/salir-ya");
  };
  for (const link of document.querySelectorAll(".exit")) link.addEventListener("click", leave);
  addEventListener("keyup", (event) => {
    if (event.key !== "Shift") { presses = 0; return; }
    if (event.timeStamp - first > 2000) presses = 0;
    if (presses === 0) first = event.timeStamp;
    presses += 1;
    if (presses === 3) leave();
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
