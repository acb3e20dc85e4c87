// Inside Airflow's frame a page may neither print nor leave the frame. It asks the window around it, which is of the
// same origin. Without this script every page still works: links open in the frame, the browser's own menu prints.
const isFramed = window.parent !== window;

function printBeside() {
  if (!isFramed) { window.print(); return; }
  const frame = window.parent.document.createElement("iframe");
  frame.style.cssText = "position:fixed;width:0;height:0;border:0";
  frame.src = window.location.href;
  frame.onload = () => { frame.contentWindow.onafterprint = () => frame.remove(); frame.contentWindow.print(); };
  window.parent.document.body.append(frame);
}

function openInAirflow(event) {
  if (!isFramed) { return; }
  event.preventDefault();
  window.parent.history.pushState({}, "", event.currentTarget.href);
  window.parent.dispatchEvent(new PopStateEvent("popstate"));
}

document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", printBeside));
document.querySelectorAll("[data-airflow]").forEach((link) => link.addEventListener("click", openInAirflow));
